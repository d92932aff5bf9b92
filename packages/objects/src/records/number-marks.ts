import { blockBytes } from "./byte-finder.ts";
import { BEHIND_BYTES, inputAt, numberModule, RUN_BYTES } from "./number-module.ts";
import { instantiate, type WasmScan } from "./wasm-instance.ts";
import { pagesFor, vectorBytes } from "./wasm-module.ts";

const BLOCK_AT = inputAt + vectorBytes;
const OUTPUT_AT = 49_152;
const FEW_MARKS = 64;

let scan: WasmScan | undefined | "none";

/**
 * Indexes, ascending, of marks by which numbers are found that a double may not hold: each of those has one. A mark is the
 * 16th of 16 digits and dots in a row, or the `e` of what may be an exponent of three digits. Most are something else, such
 * as a part of a word.
 */
export function numberMarks(bytes: Buffer): Int32Array {
  scan ??= tryScan() ?? "none";
  return scan === "none" ? plainMarks(bytes) : marksBy(scan, bytes);
}

function marksBy({ memory, found, run }: WasmScan, bytes: Buffer): Int32Array {
  let marks = new Int32Array(FEW_MARKS);
  let total = 0;
  for (let from = 0; from < bytes.length; from += blockBytes) {
    const end = Math.min(bytes.length, from + blockBytes);
    // A row of digits may have begun in the block before.
    const before = Math.min(from, vectorBytes);
    memory.fill(0, inputAt, BLOCK_AT - before);
    memory.set(bytes.subarray(from - before, end + BEHIND_BYTES), BLOCK_AT - before);
    const behind = BLOCK_AT + Math.min(bytes.length, end + BEHIND_BYTES) - from;
    memory.fill(0, behind, behind + vectorBytes + BEHIND_BYTES);
    let until = (run(inputAt, BLOCK_AT + end - from, OUTPUT_AT, BLOCK_AT - from) - OUTPUT_AT) >> 2;
    // Those before the block were found with that, those behind it will be.
    let first = 0;
    while (first < until && found[first]! < from) first++;
    while (until > first && found[until - 1]! >= end) until--;
    if (total + until - first > marks.length) {
      const larger = new Int32Array(Math.max(marks.length * 4, total + until - first));
      larger.set(marks);
      marks = larger;
    }
    marks.set(found.subarray(first, until), total);
    total += until - first;
  }
  return marks.subarray(0, total);
}

const PLAIN_MARK = new RegExp(`[\\d.]{${RUN_BYTES},}|(?<=[\\d.])[eE](?=[\\d+-]\\d\\d)`, "g");

/** The same in JavaScript alone. */
export function plainMarks(bytes: Buffer): Int32Array {
  const text = bytes.toString("latin1");
  return Int32Array.from(text.matchAll(PLAIN_MARK), ({ 0: { length }, index }) =>
    length === 1 ? index : index + RUN_BYTES - 1,
  );
}

function tryScan(): WasmScan | undefined {
  try {
    return instantiate(numberModule(pagesFor(OUTPUT_AT + 4 * blockBytes)), OUTPUT_AT);
  } catch {
    // No WebAssembly here (`node --jitless`), or a processor without SIMD: JavaScript does it.
    return undefined;
  }
}
