import { getHeapStatistics, setFlagsFromString } from "node:v8";

const LOOK_EVERY_MS = 200;
/** Garbage that may lie around: a walk makes some 20 KB of it a page. */
const MAX_GARBAGE_BYTES = 16 * 1024 ** 2;
/** Of a heap with much that is in use, garbage may be this share. */
const MAX_GARBAGE_SHARE = 0.5;

/**
 * Has V8 hold little memory in a process that walks. Requests outlive the young generation, so what they leave behind is
 * collected only when the whole heap is; V8 would do that late. Needs Node's `--expose-gc`, which the stack sets; without it
 * the heap grows to about 70 MB and stays there.
 */
export function keepHeapSmall(): void {
  // The young generation, whose size the stack says, has it at once; and full collections, of a heap as small as this, need
  // no threads of their own beside the work. Both spare processor time and memory.
  setFlagsFromString("--semi-space-growth-factor=16");
  setFlagsFromString("--no-incremental-marking");
  const { gc } = globalThis;
  if (gc === undefined) return;
  let collectAtBytes = usedBytes() + MAX_GARBAGE_BYTES;
  setInterval(() => {
    if (usedBytes() < collectAtBytes) return;
    gc();
    const used = usedBytes();
    collectAtBytes = used + Math.max(MAX_GARBAGE_BYTES, used * MAX_GARBAGE_SHARE);
  }, LOOK_EVERY_MS).unref();
}

function usedBytes(): number {
  return getHeapStatistics().used_heap_size;
}
