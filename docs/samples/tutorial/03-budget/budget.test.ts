import type { SimulationResult } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { historyOfSimulation } from "../../../generate/simulated-history.ts";
import { run as fixedReserve } from "../02-recursion/run.picture.ts";
import { delivered } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { breaks, SILENT } from "./break.picture.ts";
import { ORDERS, run } from "./run.picture.ts";

const page = pageText("a-budget-that-learns");

describe("chapter 3: a budget that learns", () => {
  it("ends each hop in time, whatever an invoice takes", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(result.stats.timeouts).toBe(0);
    expect(page).toContain(`The end of the month in ${result.stats.invocations} hops.`);
    expect(delivered(result, ORDERS)).toEqual({ invoices: ORDERS, several: 0, none: 0 });
  });

  it("wastes less of a minute than a fixed reserve, if steps are short", async () => {
    const fixed = usedPercent(await fixedReserve(() => 50, 60_000));
    const learned = usedPercent(await run(() => 50, 60_000));
    expect(page).toContain(`leaves ${fixed} % of the time for work. The budget leaves ${learned} %.`);
  });

  it("dies in a call that is not answered", async () => {
    const result = await breaks();
    expect(result.outcome).toBe("on-failure");
    expect(result.stats.timeouts).toBe(3);
    expect([...result.effects.values.values()]).not.toContain(SILENT);
    expect(page).toContain(`does not answer for order ${SILENT}`);
  });
});

/** Of the time granted to hops that handed off. */
function usedPercent(result: SimulationResult): number {
  const { hops, timeoutMs } = historyOfSimulation(result, "");
  const shares = hops
    .filter(({ status }) => status === "continued")
    .map(({ startedAtMs, endedAtMs = 0 }) => (endedAtMs - startedAtMs) / timeoutMs);
  expect(shares.length).toBeGreaterThan(1);
  return Math.round((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length);
}
