import { type ByteFinder, blockBytes, type Needles } from "./byte-finder.ts";
import { scanInputAt, simdModule } from "./simd-module.ts";
import { instantiate, type WasmScan } from "./wasm-instance.ts";
import { pagesFor } from "./wasm-module.ts";

const outputAt = 49_152;

/** @throws if this process has no WebAssembly with SIMD, as under `--jitless`. */
export function simdScan(needles: Needles): WasmScan {
  return instantiate(simdModule(needles, pagesFor(outputAt + 4 * blockBytes)), outputAt);
}

/** Finds bytes 16 at a time: more than twice as fast as `Buffer.indexOf`, although each block is copied first. */
export class SimdFinder implements ByteFinder {
  readonly offsets = new Int32Array(blockBytes);
  searched = 0;
  readonly #scan: WasmScan;

  constructor(scan: WasmScan) {
    this.#scan = scan;
  }

  find(chunk: Buffer, from: number): number {
    const { memory, found, run } = this.#scan;
    const end = Math.min(chunk.length, from + blockBytes);
    const length = end - from;
    memory.set(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end), scanInputAt);
    // What an earlier block left behind this one must not be found; 0 is never a needle.
    memory.fill(0, scanInputAt + length, scanInputAt + length + 16);
    const count = (run(scanInputAt, scanInputAt + length, outputAt, scanInputAt - from) - outputAt) >> 2;
    this.offsets.set(found.subarray(0, count));
    this.searched = end;
    return count;
  }
}
