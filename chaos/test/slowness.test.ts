import { describe, expect, it } from "vitest";
import { measureSlowness, slownessOf } from "../src/slowness.ts";

describe("how slow a machine is", () => {
  it.each([
    [[40, 45, 50], 1],
    [[300, 310, 2_000], 4],
    [[10_000, 10_000, 10_000], 8],
    [[], 1],
  ])("by times of %j ms: %i times", (times, factor) => {
    expect(slownessOf(times)).toBe(factor);
  });

  it("is measured by starting processes", async () => {
    expect(await measureSlowness(1)).toBeGreaterThanOrEqual(1);
  });
});
