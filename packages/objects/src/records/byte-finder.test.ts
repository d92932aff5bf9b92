import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ByteFinder, blockBytes, type Needles } from "./byte-finder.ts";
import { finderOf, plainFinder } from "./needle-finder.ts";
import { SimdFinder } from "./simd-finder.ts";

const sets: readonly (readonly [string, Needles])[] = [
  ["newlines", { bytes: [0x0a] }],
  ["newlines and quotes", { bytes: [0x0a, 0x22] }],
  ["the marks of JSON", { bytes: [0x22, 0x7c, 0x7b, 0x7d], fold: 0x20 }],
];

function allFound(finder: ByteFinder, chunk: Buffer): number[] {
  const found: number[] = [];
  for (let from = 0; from < chunk.length; from = finder.searched) {
    const count = finder.find(chunk, from);
    found.push(...finder.offsets.subarray(0, count));
  }
  return found;
}

const expected = (chunk: Buffer, { bytes, fold = 0 }: Needles) =>
  [...chunk.keys()].filter((i) => bytes.includes(chunk[i]! | fold));

describe.each(sets)("finding %s", (_name, needles) => {
  it("is done by SIMD where there is WebAssembly", () => {
    expect(finderOf(needles)).toBeInstanceOf(SimdFinder);
  });

  it.each([
    ["SIMD", finderOf],
    ["JavaScript", plainFinder],
  ])("finds exactly the bytes asked for, by %s", (_how, finder) => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const dense = fc.array(fc.constantFrom(0x0a, 0x22, 0x5b, 0x5c, 0x7d, 0x02, 0x41, 0x8a, 0), { maxLength: 200 });
    fc.assert(
      fc.property(fc.oneof(bytes, dense), fc.nat(5), (values, skip) => {
        // A view into the middle of a larger memory, as chunks often are.
        const chunk = Buffer.from([...new Uint8Array(skip).fill(0x0a), ...values]).subarray(skip);
        expect(allFound(finder(needles), chunk)).toEqual(expected(chunk, needles));
      }),
    );
  });

  it.each([
    ["SIMD", finderOf],
    ["JavaScript", plainFinder],
  ])("finds them in chunks of more than one block, each full of them, by %s", (_how, finder) => {
    const chunk = Buffer.alloc(2 * blockBytes + 17, 0x0a);
    for (let i = 0; i < chunk.length; i += 3) chunk[i] = 0x7b;
    expect(allFound(finder(needles), chunk)).toEqual(expected(chunk, needles));
  });

  it("keeps two readers apart that search in turn", () => {
    const one = finderOf(needles);
    const other = finderOf(needles);
    const first = one.find(Buffer.from('\n"{'), 0);
    const offsets = [...one.offsets.subarray(0, first)];
    other.find(Buffer.from('abc\n"{'), 0);
    expect([...one.offsets.subarray(0, first)]).toEqual(offsets);
  });
});
