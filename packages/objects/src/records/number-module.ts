import { moduleOf, op, vectorBytes, writeEachBit } from "./wasm-module.ts";

/** Where the module expects the vector before the block; the block follows it. */
export const inputAt = 16;
/** How many digits and dots in a row are a mark. */
export const RUN_BYTES = 16;
export const BEHIND_BYTES = 3;

/**
 * A module like that of `simdModule`, which finds marks of numbers that a double may not hold. `at` is the address of the
 * vector before the block, in which marks are found too; {@link BEHIND_BYTES} behind `end` are looked at. A mark is
 *
 * - the last of the first 16 bytes in a row that are digits and dots: one mark a row, however long;
 * - an `e` or `E` after a digit or dot, before three digits, or a sign and two digits: an exponent of fewer digits cannot
 *   lead out of what doubles hold.
 */
export function numberModule(pages: number): Uint8Array<ArrayBuffer> {
  const [at, end, out, base, mask] = [0, 1, 2, 3, 4];
  const [byte, hits, next, ...before] = [5, 6, 7, 8, 9, 10, 11, 12];
  const all = (value: number) => op.v128Const(Array.from({ length: vectorBytes }, () => value));
  const isEqual = (value: number) => [...op.get(byte), ...all(value), ...op.i8x16Eq];
  const isDigit = [...op.get(byte), ...all(0x30), ...op.i8x16Sub, ...all(10), ...op.i8x16LtU];
  const isDigitOrDot = [...isDigit, ...isEqual(0x2e), ...op.v128Or];
  const isDigitOrSign = [...isDigit, ...isEqual(0x2b), ...op.v128Or, ...isEqual(0x2d), ...op.v128Or];
  const load = (offset: number) => [...op.get(at), ...op.v128LoadAt(offset), ...op.set(byte)];
  /** The vector `lanes` bytes earlier than the one in `hits`; `held` is that of the 16 bytes before. */
  const earlier = (held: number, lanes: number) => [...op.get(held), ...op.get(hits), ...op.i8x16Shuffle(lanes)];
  /** Turns "a row of n ends here" into "a row of 2n ends here". */
  const doubled = (lanes: number, held: number) => [
    ...[...op.get(hits), ...earlier(held, lanes), ...op.v128And, ...op.get(hits), ...op.set(held), ...op.set(hits)],
  ];
  const [one, two, four, eight, sixteen] = before as [number, number, number, number, number];
  const body = [
    ...op.loop([
      // An exponent.
      ...[...load(0), ...isDigitOrDot, ...op.set(hits)],
      ...[...op.get(byte), ...all(0x20), ...op.v128Or, ...all(0x65), ...op.i8x16Eq],
      ...[...earlier(one, 1), ...op.v128And, ...load(1), ...isDigitOrSign, ...op.v128And],
      ...[...load(2), ...isDigit, ...op.v128And, ...load(3), ...isDigit, ...op.v128And, ...op.set(next)],
      // A row of 16, and not of 17.
      ...[...doubled(1, one), ...doubled(2, two), ...doubled(4, four), ...doubled(8, eight)],
      ...[...op.get(hits), ...earlier(sixteen, 1), ...op.v128AndNot, ...op.get(hits), ...op.set(sixteen)],
      ...[...op.get(next), ...op.v128Or, ...op.tee(hits), ...op.v128AnyTrue],
      ...op.if([...op.get(hits), ...op.i8x16Bitmask, ...op.set(mask), ...writeEachBit(at, base, out, mask)]),
      ...[...op.get(at), ...op.i32Const(vectorBytes), ...op.i32Add, ...op.tee(at)],
      ...[...op.get(end), ...op.i32LtU, ...op.brIf(0)],
    ]),
    ...op.get(out),
  ];
  return moduleOf(body, sixteen - byte + 1, pages);
}
