import { describe, expect, it } from "vitest";
import { Pace } from "./pace.ts";

describe("a walk takes too long", () => {
  let nowMs = 0;
  const paceOf = (tooLongMs: number) => {
    nowMs = 0;
    return new Pace(tooLongMs, () => nowMs);
  };
  const after = (pace: Pace, ms: number, keys: number, left: number) => {
    nowMs = ms;
    return pace.isTooLong(keys, left);
  };

  it("when what is left needs longer at its pace", () => {
    expect(after(paceOf(4_000), 1_000, 1_000, 4_001)).toBe(true);
    expect(after(paceOf(4_000), 1_000, 1_000, 3_999)).toBe(false);
  });

  it("as its pace is lately, not as it was", () => {
    const pace = paceOf(4_000);
    expect(after(pace, 1_000, 10, 1_000)).toBe(true);
    expect(after(pace, 2_000, 1_010, 1_000)).toBe(false);
  });

  it("counting from its last look the keys of that time alone", () => {
    const pace = paceOf(4_000);
    expect(after(pace, 1_000, 10_000, 0)).toBe(false);
    // 100 keys in a second: 400 in four.
    expect(after(pace, 2_000, 10_100, 500)).toBe(true);
    expect(after(pace, 3_000, 10_200, 300)).toBe(false);
  });

  it("which is asked four times in that time", () => {
    const pace = paceOf(4_000);
    expect([500, 999, 1_000, 1_999, 2_000].map((ms) => after(pace, ms, 0, 1))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it("not when nothing is left", () => expect(after(paceOf(4_000), 9_000, 0, 0)).toBe(false));
});
