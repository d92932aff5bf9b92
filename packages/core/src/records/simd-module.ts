import type { Needles } from "./byte-finder.ts";

/** Where the module expects the block, after one vector's width of room. */
export const inputAt = 16;
const vectorBytes = 16;
const pageBytes = 65_536;

/** Opcodes of the WebAssembly specification that are needed here, by their names in its text format. */
const op = {
  block: (body: number[]) => [0x02, 0x40, ...body, 0x0b],
  loop: (body: number[]) => [0x03, 0x40, ...body, 0x0b],
  if: (body: number[]) => [0x04, 0x40, ...body, 0x0b],
  brIf: (depth: number) => [0x0d, depth],
  get: (local: number) => [0x20, local],
  set: (local: number) => [0x21, local],
  tee: (local: number) => [0x22, local],
  i32Const: (value: number) => [0x41, ...signed(value)],
  i32Store: [0x36, 2, 0],
  i32LtU: [0x49],
  i32Ctz: [0x68],
  i32Add: [0x6a],
  i32Sub: [0x6b],
  i32And: [0x71],
  v128Load: [0xfd, 0x00, 0, 0],
  i8x16Splat: [0xfd, 0x0f],
  i8x16Eq: [0xfd, 0x23],
  v128Or: [0xfd, 0x50],
  v128AnyTrue: [0xfd, 0x53],
  i8x16Bitmask: [0xfd, 0xe4, 0x00],
};

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
  const writeEach = op.loop([
    ...op.get(out),
    ...op.get(at),
    ...op.get(base),
    ...op.i32Sub,
    ...op.get(mask),
    ...op.i32Ctz,
    ...op.i32Add,
    ...op.i32Store,
    ...[...op.get(out), ...op.i32Const(4), ...op.i32Add, ...op.set(out)],
    // mask &= mask - 1 clears the bit that was written.
    ...[...op.get(mask), ...op.get(mask), ...op.i32Const(1), ...op.i32Sub, ...op.i32And, ...op.tee(mask)],
    ...op.brIf(0),
  ]);
  const body = [
    ...bytes.flatMap((byte, i) => splat(byte, needle(i))),
    ...(fold === 0 ? [] : splat(fold, folding)),
    ...op.loop([
      ...[...op.get(at), ...op.v128Load, ...folded, ...op.set(vector)],
      ...[...compare, ...op.tee(hits), ...op.v128AnyTrue],
      ...op.if([...op.get(hits), ...op.i8x16Bitmask, ...op.set(mask), ...writeEach]),
      ...[...op.get(at), ...op.i32Const(vectorBytes), ...op.i32Add, ...op.tee(at)],
      ...[...op.get(end), ...op.i32LtU, ...op.brIf(0)],
    ]),
    ...op.get(out),
    0x0b,
  ];
  const locals = [2, 1, 0x7f, vector - hits + 1, 0x7b];
  const func = [...locals, ...body];
  const [i32, memory, f, m] = [0x7f, 2, 0x66, 0x6d];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 4, i32, i32, i32, i32, 1, i32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, 1, m, memory, 0, 1, f, 0, 0]),
    ...section(10, [1, ...unsigned(func.length), ...func]),
  ]);
}

/** Pages of WebAssembly memory that hold `bytes`. */
export function pagesFor(bytes: number): number {
  return Math.ceil(bytes / pageBytes);
}

function section(id: number, content: number[]): number[] {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128, as WebAssembly writes lengths. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128, as WebAssembly writes constants; for values from 0. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)];
}
