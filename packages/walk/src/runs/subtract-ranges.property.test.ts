import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../listing/key-order.ts";
import type { KeyRange } from "../listing/key-range.ts";
import { subtractRanges } from "./subtract-ranges.ts";

const key = fc
  .array(fc.constantFrom("a", "b", "\u0000", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"), { maxLength: 3 })
  .map((characters) => characters.join(""));
const range = fc
  .tuple(key, fc.option(key))
  .map(([a, b]): KeyRange => {
    if (b === null) return { after: a, through: null };
    return compareKeys(a, b) <= 0 ? { after: a, through: b } : { after: b, through: a };
  })
  .filter(({ after, through }) => after !== through);
const ranges = fc.array(range, { maxLength: 6 });

const isIn = (at: string, { after, through }: KeyRange) =>
  compareKeys(after, at) < 0 && (through === null || compareKeys(at, through) <= 0);
const timesIn = (at: string, all: readonly KeyRange[]) => all.filter((one) => isIn(at, one)).length;

describe("ranges without others", () => {
  it("hold each key as often as before, and none of the others' keys", () => {
    fc.assert(
      fc.property(ranges, ranges, key, (from, taken, at) => {
        const expected = timesIn(at, taken) > 0 ? 0 : timesIn(at, from);
        expect(timesIn(at, subtractRanges(from, taken))).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it("are never empty by themselves", () => {
    fc.assert(
      fc.property(ranges, ranges, (from, taken) => {
        for (const { after, through } of subtractRanges(from, taken)) {
          expect(through === null || compareKeys(after, through) < 0).toBe(true);
        }
      }),
    );
  });

  it.each([
    [
      "the middle",
      [["", null]],
      [["b", "d"]],
      [
        ["", "b"],
        ["d", null],
      ],
    ],
    ["all", [["b", "d"]], [["", null]], []],
    ["the end", [["a", "c"]], [["b", null]], [["a", "b"]]],
    ["what only touches", [["a", "c"]], [["c", "d"]], [["a", "c"]]],
  ] as const)("%s", (_, from, taken, left) => {
    const rangesOf = (pairs: readonly (readonly [string, string | null])[]) =>
      pairs.map(([after, through]) => ({ after, through }));
    expect(subtractRanges(rangesOf(from), rangesOf(taken))).toEqual(rangesOf(left));
  });
});
