import { describe, expect, it } from "vitest";
import { pace } from "./pace.ts";

const { signal } = new AbortController();

describe("work is slowed down to a number of records a second", () => {
  it("counted from where it began", async () => {
    const waits: number[] = [];
    const keep = pace(
      1_000,
      500,
      () => 10_000,
      async (ms) => void waits.push(ms),
    );
    for (const record of [750, 2_500, 500]) await keep(record, signal);
    expect(waits).toEqual([250, 2_000]);
  });

  it("and not at all once the hop is about to end", async () => {
    const waits: number[] = [];
    await pace(
      1,
      0,
      () => 0,
      async (ms) => void waits.push(ms),
    )(1_000, AbortSignal.abort());
    expect(waits).toEqual([]);
  });

  it("or if there is no limit", async () => {
    const waits: number[] = [];
    await pace(
      Number.POSITIVE_INFINITY,
      0,
      () => 0,
      async (ms) => void waits.push(ms),
    )(1e12, signal);
    expect(waits).toEqual([]);
  });
});
