import type { Needles } from "./byte-finder.ts";
import { moduleOf, op, vectorBytes, writeEachBit } from "./wasm-module.ts";

/** Where the module expects the block, after one vector's width of room. */
export const scanInputAt = 16;

/**
 * A WebAssembly module with a memory `m` of `pages` and a function `f(at, end, out, base) -> out`: it looks at the bytes
 * from `at` to `end` 16 at a time, writes the offset (its address less `base`) of each that equals a needle to `out` as
 * 32-bit integers, and returns where it stopped writing. Up to 15 bytes after `end` are looked at too.
 *
 * The needles are built in, because one compare for each is all the work there is.
 */
export function simdModule({ bytes, fold = 0 }: Needles, pages: number): Uint8Array<ArrayBuffer> {
  const [at, end, out, base, mask, hits, folding] = [0, 1, 2, 3, 4, 5, 6];
  const needle = (i: number) => folding + 1 + i;
  const splat = (byte: number, local: number) => [...op.i32Const(byte), ...op.i8x16Splat, ...op.set(local)];
  const folded = fold === 0 ? [] : [...op.get(folding), ...op.v128Or];
  const vector = folding + 1 + bytes.length;
  const compare = bytes.flatMap((_, i) => [
    ...op.get(vector),
    ...op.get(needle(i)),
    ...op.i8x16Eq,
    ...(i === 0 ? [] : op.v128Or),
  ]);
  const body = [
    ...bytes.flatMap((byte, i) => splat(byte, needle(i))),
    ...(fold === 0 ? [] : splat(fold, folding)),
    ...op.loop([
      ...[...op.get(at), ...op.v128Load, ...folded, ...op.set(vector)],
      ...[...compare, ...op.tee(hits), ...op.v128AnyTrue],
      ...op.if([...op.get(hits), ...op.i8x16Bitmask, ...op.set(mask), ...writeEachBit(at, base, out, mask)]),
      ...[...op.get(at), ...op.i32Const(vectorBytes), ...op.i32Add, ...op.tee(at)],
      ...[...op.get(end), ...op.i32LtU, ...op.brIf(0)],
    ]),
    ...op.get(out),
  ];
  return moduleOf(body, vector - hits + 1, pages);
}
