import { simulate } from "@longhaul/core/testing";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;
const reminded: number[] = [];
let paidAfter = Number.POSITIVE_INFINITY;

vi.mock("./invoices.ts", () => ({
  isPaid: async () => reminded.length >= paidAfter,
  remind: async (_: string, number: number) => void reminded.push(number),
}));
beforeAll(() => vi.stubEnv("LONGHAUL_RUN_TABLE", "runs"));
afterEach(() => {
  reminded.length = 0;
  paidAfter = Number.POSITIVE_INFINITY;
});

/** The run in virtual time, with a sweeper that comes each hour, and events that arrive twice. */
async function run() {
  const { handler } = await import("./handler.ts");
  return simulate({
    seed: 4,
    faults: { duplicated: 0.5 },
    event: { invoice: "2026-11/7" },
    handler: () => handler,
    sweeper: { everyMs: HOUR_MS },
    limitMs: 20 * DAY_MS,
  });
}

describe("a run sleeps for days between two hops", () => {
  it("and each hop begins on its day, once", async () => {
    const { outcome, records, trace } = await run();
    expect(outcome).toBe("done");
    expect([...records.values()]).toMatchObject([{ phase: "done", result: '"unpaid"', hop: 3 }]);
    expect(reminded).toEqual([1, 2, 3]);
    const began = trace.flatMap((event) => (event.type === "works-on" ? [event.at] : []));
    expect(began).toHaveLength(4);
    for (const [hop, at] of began.entries()) {
      expect(at).toBeGreaterThanOrEqual(hop * 3 * DAY_MS);
      // Each time the sweeper wakes it, an hour and a minute later at most.
      expect(at).toBeLessThan(hop * (3 * DAY_MS + HOUR_MS + 120_000) + 60_000);
    }
  });

  it("and does not wake for what it need not do", async () => {
    paidAfter = 1;
    const { records } = await run();
    expect([...records.values()]).toMatchObject([{ phase: "done", result: '"paid"', hop: 1 }]);
    expect(reminded).toEqual([1]);
  });
});
