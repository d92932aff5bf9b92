/** Bytes that a vector holds. */
export const vectorBytes = 16;
const pageBytes = 65_536;

/** Opcodes of the WebAssembly specification that are needed here, by their names in its text format. */
export const op = {
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
  v128LoadAt: (offset: number) => [0xfd, 0x00, 0, offset],
  v128Const: (bytes: readonly number[]) => [0xfd, 0x0c, ...bytes],
  i8x16Splat: [0xfd, 0x0f],
  i8x16Eq: [0xfd, 0x23],
  i8x16LtU: [0xfd, 0x26],
  i8x16Sub: [0xfd, 0x71],
  /** Of two vectors side by side, the 16 bytes that begin `lanes` before the second. */
  i8x16Shuffle: (lanes: number) => [
    0xfd,
    0x0d,
    ...Array.from({ length: vectorBytes }, (_, i) => i + vectorBytes - lanes),
  ],
  v128And: [0xfd, 0x4e],
  v128AndNot: [0xfd, 0x4f],
  v128Or: [0xfd, 0x50],
  v128AnyTrue: [0xfd, 0x53],
  i8x16Bitmask: [0xfd, 0xe4, 0x00],
};

/**
 * A module with a memory `m` of `pages` and a function `f` of four 32-bit integers that returns one. `vectors`: how many
 * locals for vectors the body uses, which follow one local for an integer.
 */
export function moduleOf(body: readonly number[], vectors: number, pages: number): Uint8Array<ArrayBuffer> {
  const func = [2, 1, 0x7f, vectors, 0x7b, ...body, 0x0b];
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

/**
 * Instructions that write, for each bit of the integer `mask`, its number plus `at` less `base` to `out`, and move `out` on.
 * All four are locals; the mask is used up.
 */
export function writeEachBit(at: number, base: number, out: number, mask: number): number[] {
  return op.loop([
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
