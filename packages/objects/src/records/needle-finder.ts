import { type ByteFinder, IndexOfFinder, type Needles, TableFinder } from "./byte-finder.ts";
import { SimdFinder, simdScan } from "./simd-finder.ts";
import type { WasmScan } from "./wasm-instance.ts";

const scans = new Map<string, WasmScan | undefined>();

/** The fastest finder for `needles` that this process can run. */
export function finderOf(needles: Needles): ByteFinder {
  const name = `${needles.bytes.join()}|${needles.fold ?? 0}`;
  if (!scans.has(name)) scans.set(name, tryScan(needles));
  const scan = scans.get(name);
  return scan === undefined ? plainFinder(needles) : new SimdFinder(scan);
}

/** A finder in JavaScript alone. */
export function plainFinder(needles: Needles): ByteFinder {
  return needles.bytes.length === 1 ? new IndexOfFinder(needles.bytes[0]!) : new TableFinder(needles);
}

function tryScan(needles: Needles): WasmScan | undefined {
  try {
    return simdScan(needles);
  } catch {
    // No WebAssembly here (`node --jitless`), or a processor without SIMD: JavaScript does it.
    return undefined;
  }
}
