import { type ByteFinder, blockBytes, type Needles } from "./byte-finder.ts";
import { inputAt, pagesFor, simdModule } from "./simd-module.ts";

const outputAt = 49_152;

/** An instance of the module, shared by all finders of the same needles: it is used only within one call of `find`. */
export interface SimdScan {
  readonly memory: Uint8Array;
  readonly found: Int32Array;
  readonly run: (at: number, end: number, out: number, base: number) => number;
}

/** The part of WebAssembly that is used here; its full types come only with those of browsers. */
interface WebAssemblyOfNode {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: SimdExports };
}

interface SimdExports {
  readonly m: { readonly buffer: ArrayBuffer };
  readonly f: SimdScan["run"];
}

/** @throws if this process has no WebAssembly with SIMD, as under `--jitless`. */
export function simdScan(needles: Needles): SimdScan {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfNode }).WebAssembly;
  const module = new Module(simdModule(needles, pagesFor(outputAt + 4 * blockBytes)));
  const { m, f } = new Instance(module).exports;
  return { memory: new Uint8Array(m.buffer), found: new Int32Array(m.buffer, outputAt), run: f };
}

/** Finds bytes 16 at a time: more than twice as fast as `Buffer.indexOf`, although each block is copied first. */
export class SimdFinder implements ByteFinder {
  readonly offsets = new Int32Array(blockBytes);
  searched = 0;
  readonly #scan: SimdScan;

  constructor(scan: SimdScan) {
    this.#scan = scan;
  }

  find(chunk: Buffer, from: number): number {
    const { memory, found, run } = this.#scan;
    const end = Math.min(chunk.length, from + blockBytes);
    const length = end - from;
    memory.set(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end), inputAt);
    // What an earlier block left behind this one must not be found; 0 is never a needle.
    memory.fill(0, inputAt + length, inputAt + length + 16);
    const count = (run(inputAt, inputAt + length, outputAt, inputAt - from) - outputAt) >> 2;
    this.offsets.set(found.subarray(0, count));
    this.searched = end;
    return count;
  }
}
