import { describe, expect, it } from "vitest";
import { pace } from "./pace.ts";

const { signal } = new AbortController();

/** Notes how long each wait was asked to be. */
function noting() {
  const waits: number[] = [];
  return { waits, wait: async (delayMs: number) => void waits.push(delayMs) };
}

describe("work is slowed down to a number of bytes or records a second", () => {
  it("counted from where it began", async () => {
    const { waits, wait } = noting();
    const keep = pace(1_000, 500, { now: () => 10_000, wait });
    for (const position of [750, 2_500, 500]) await keep(position, signal);
    expect(waits).toEqual([250, 2_000]);
  });

  it("and the time that the work itself took", async () => {
    const { waits, wait } = noting();
    let nowMs = 0;
    const keep = pace(1_000, 0, { now: () => nowMs, wait });
    for (nowMs of [100, 999.5, 3_000]) await keep(1_000, signal);
    expect(waits).toEqual([900]);
  });

  it("and not at all once the hop is about to end", async () => {
    const { waits, wait } = noting();
    await pace(1, 0, { now: () => 0, wait })(1_000, AbortSignal.abort());
    expect(waits).toEqual([]);
  });

  it("until the hop is about to end, which is no failure", async () => {
    const ending = new AbortController();
    const waiting = pace(1, 0)(1_000, ending.signal);
    ending.abort();
    await expect(waiting).resolves.toBeUndefined();
  });

  it("for no longer than a timer can wait, which is longer than any hop", async () => {
    const { waits, wait } = noting();
    await pace(1e-3, 0, { now: () => 0, wait })(1e9, signal);
    expect(waits).toEqual([2 ** 31 - 1]);
  });

  it("or if there is no limit", async () => {
    const { waits, wait } = noting();
    await pace(Number.POSITIVE_INFINITY, 0, { now: () => 0, wait })(1e12, signal);
    expect(waits).toEqual([]);
  });

  it.each([0, -1, Number.NaN, "500"])("but not to %j", (maxPerSecond) => {
    expect(() => pace(maxPerSecond as number, 0)).toThrow(
      expect.objectContaining({
        code: "CONFIG",
        message: expect.stringMatching(/^maxPerSecond must be a number above 0/),
      }),
    );
  });
});
