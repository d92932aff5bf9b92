import { describe, expect, it } from "vitest";
import { historyOfSimulation } from "../../../generate/simulated-history.ts";
import { SILENT } from "../03-budget/break.picture.ts";
import { delivered, invoiceService, written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import { simulatedDay } from "../simulated-day.ts";
import { breaks, ORDERS as FEWER } from "./break.picture.ts";
import { invoiceOrders } from "./handler.ts";
import history, { ORDERS, run } from "./run.picture.ts";

const page = pageText("the-watchdog");

describe("chapter 4: the watchdog", () => {
  it("ends a step that hangs, and the next hop makes it again", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(result.stats.timeouts).toBe(0);
    expect(delivered(result, ORDERS)).toEqual({ invoices: ORDERS, several: 0, none: 0 });
  });

  it("costs a minute where a step may take a minute", async () => {
    const { hops } = await history();
    const before = hops.slice(0, 3).reduce((sum, { steps }) => sum + steps, 0);
    expect(before + (hops[3]?.steps ?? 0)).toBe(SILENT);
    expect(page).toContain(`Hop 3 ends early: order ${SILENT} used up its minute.`);
  });

  it("lets each hop use what the one before has learned", async () => {
    const result = await simulatedDay(
      (world) => invoiceOrders({ recursive: world.recursive, sendInvoice: invoiceService(world, () => 50) }),
      { event: { orders: ORDERS }, timeoutMs: 60_000 },
    );
    const [first, second] = historyOfSimulation(result, "").hops.map(
      ({ startedAtMs, endedAtMs = 0 }) => (endedAtMs - startedAtMs) / 60_000,
    );
    expect(page).toContain(`the first hop uses ${Math.round(100 * first!)} % of its minute,`);
    expect(page).toContain(`the second one ${(100 * second!).toFixed(1)} %.`);
  });

  it("made by hand, leaves the old work running beside the new", async () => {
    const result = await breaks();
    const { invoices } = delivered(result, FEWER);
    const { invocations } = result.stats;
    expect(page).toContain(`${written(FEWER)} orders, ${invocations} invocations, ${written(invoices)} invoices.`);
    expect(invoices).toBeGreaterThan(FEWER);
  });
});
