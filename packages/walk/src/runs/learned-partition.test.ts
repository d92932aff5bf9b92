import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "../listing/key-order.ts";
import { hintOf, type LearnedPoint, learn, pointAt, rangesOf } from "./learned-partition.ts";

const key = fc.array(fc.constantFrom("a", "b", "\u0000", "\ue000", "😀"), { maxLength: 5 }).map((all) => all.join(""));

describe("what is learned", () => {
  it("stays small, and counts every key", () => {
    let sketch: readonly LearnedPoint[] = [];
    for (let page = 0; page < 10_000; page++) {
      sketch = learn(sketch, [pointAt(String((page * 7_919) % 10_000).padStart(5, "0"), 1_000)]);
      expect(sketch.length).toBeLessThanOrEqual(256);
    }
    expect(sketch.reduce((sum, { keys }) => sum + keys, 0)).toBe(10_000_000);
  });

  it("cuts the next walk into ranges of about equal size", () => {
    let sketch: readonly LearnedPoint[] = [];
    for (let page = 0; page < 2_000; page++) {
      sketch = learn(sketch, [pointAt(String(page ** 2).padStart(8, "0"), 1_000)]);
    }
    const { bounds, keys } = hintOf(sketch);
    expect(keys).toBe(2_000_000);
    expect(bounds.length).toBeGreaterThan(60);
    const pages = [...bounds, "99999999"].map((bound) => Math.sqrt(Number(bound)));
    const sizes = pages.map((page, index) => page - (pages[index - 1] ?? 0)).slice(0, -1);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(4);
  });

  it("cuts a small bucket nowhere", () => {
    expect(hintOf([pointAt("a", 1_000), pointAt("b", 1_000)]).bounds).toEqual([]);
  });

  it("is Unicode, however long the keys", () => {
    const { key: cut } = pointAt(`${"a".repeat(127)}😀b`, 1);
    expect([cut.isWellFormed(), cut.length]).toEqual([true, 127]);
  });
});

describe("a hint, right or wrong,", () => {
  it("makes ranges that begin where S3 takes it", () => {
    const bounds = ["a\u0001b", "b\u0085", "\u0000", "c", "写\ufdd0"];
    expect(rangesOf(bounds, undefined).map(({ after }) => after)).toEqual(["", "a", "b", "c", "写"]);
  });

  it("makes ranges that hold each key once", () => {
    fc.assert(
      fc.property(fc.array(key), fc.option(key, { nil: undefined }), key, (bounds, through, at) => {
        const ranges = rangesOf(bounds, through);
        const times = ranges.filter(
          (range) =>
            compareKeys(range.after, at) < 0 && (range.through === null || compareKeys(at, range.through) <= 0),
        ).length;
        const isAsked = at !== "" && (through === undefined || compareKeys(at, through) <= 0);
        expect(times).toBe(isAsked ? 1 : 0);
      }),
    );
  });
});
