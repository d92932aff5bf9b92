import { setFlagsFromString } from "node:v8";

/**
 * Keeps memory the same for an object of any size; call it once, where the handler is made. The heap's young generation
 * takes its full size at once, so that the bytes read and written die there. Incremental marking is off: it promotes
 * everything allocated during it to the old generation. How large the young generation is, `--max-semi-space-size` says.
 */
export function steadyHeap(): void {
  setFlagsFromString("--semi-space-growth-factor=16");
  setFlagsFromString("--no-incremental-marking");
}
