/** An instance of a module that scans a block, shared by all who use it: it is used only within one call. */
export interface WasmScan {
  readonly memory: Uint8Array;
  /** Its findings, from where output begins. */
  readonly found: Int32Array;
  readonly run: (at: number, end: number, out: number, base: number) => number;
}

/** The part of WebAssembly that is used here; its full types come only with those of browsers. */
interface WebAssemblyOfNode {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: ScanExports };
}

interface ScanExports {
  readonly m: { readonly buffer: ArrayBuffer };
  readonly f: WasmScan["run"];
}

/** @throws if this process has no WebAssembly with SIMD, as under `--jitless`. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>, outputAt: number): WasmScan {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyOfNode }).WebAssembly;
  const { m, f } = new Instance(new Module(bytes)).exports;
  return { memory: new Uint8Array(m.buffer), found: new Int32Array(m.buffer, outputAt), run: f };
}
