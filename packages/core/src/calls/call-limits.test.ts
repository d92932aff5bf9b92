import { describe, expect, it } from "vitest";
import { callLimitMs } from "./call-limits.ts";

const FOREVER = Number.POSITIVE_INFINITY;

describe("each kind of call has a limit of its own, never the caller's whole time", () => {
  it.each([
    ["control", FOREVER, 5_000],
    ["control", 900_000, 5_000],
    ["control", 6_000, 2_000],
    ["control", 600, 250],
    ["control", 100, 100],
    ["control", 0, 0],
    ["stream", FOREVER, 10_000],
    ["stream", 900_000, 10_000],
    ["stream", 6_000, 2_000],
    ["long-operation", 120_000, 120_000],
  ] as const)("a %s call with %d ms left may take %d ms", (kind, budgetMs, limitMs) => {
    expect(callLimitMs(kind, { budgetMs })).toBe(limitMs);
  });

  it.each([
    [undefined, FOREVER, 25_000],
    [0, FOREVER, 5_000],
    [10_000, FOREVER, 15_000],
    [20_000, 9_000, 9_000],
  ])("a long poll of %s ms with %d ms left may take %d ms", (waitMs, budgetMs, limitMs) => {
    expect(callLimitMs("long-poll", { budgetMs, waitMs })).toBe(limitMs);
  });
});
