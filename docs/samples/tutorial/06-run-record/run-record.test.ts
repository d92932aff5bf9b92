import { everyItemAtLeastOnce, simulateMany, standardChecks, verify } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { delivered, written } from "../invoices.ts";
import { pageText } from "../page-text.ts";
import pictureOfBreak, { breaks } from "./break.picture.ts";
import { invoiceOrders } from "./handler.ts";
import pictureOfRun, { ORDERS, run } from "./run.picture.ts";
import { verification } from "./verification.ts";

const page = pageText("duplicates-and-crashes");

describe("chapter 6: the run record", () => {
  it("leaves one chain and one invoice for each order", async () => {
    const result = await run();
    expect(result.outcome).toBe("done");
    expect(result.stats.crashes).toBe(1);
    expect(delivered(result, ORDERS)).toEqual({ invoices: ORDERS, several: 0, none: 0 });
    const repeated = result.effects.attempts.length - ORDERS;
    expect(repeated).toBeGreaterThan(0);
    expect(page).toContain(`the mail service got ${repeated} requests again`);
  });

  it("refuses the second delivery, and the retry while the lease is valid", async () => {
    const { hops } = await pictureOfRun();
    expect(hops.filter(({ status }) => status === "duplicate").map(({ hop }) => hop)).toEqual([2, 4]);
    const { trace } = await run();
    expect(trace.some((event) => event.type === "sent" && event.by === "sweeper" && event.forHop === 4)).toBe(true);
  });

  it("is missing: the chain forks, and a crash repeats its hop", async () => {
    const result = await breaks();
    const { invoices } = delivered(result, ORDERS);
    expect(page).toContain(`${written(ORDERS)} orders, ${written(invoices)} invoices.`);
    const crashed = (await pictureOfBreak()).hops.find(({ status }) => status === "exit");
    expect(page).toContain(`and repeated ${crashed?.steps} invoices.`);
  });

  it("needs its keys: one crash is enough without, and no fault with them", async () => {
    await expect(verify(verification(false))).rejects.toMatchObject({ code: "REFUTED", replay: "crash@9" });
    await expect(verify({ ...verification(true), maxFaults: 1 })).resolves.toMatchObject({ isWhole: true });
  });

  it("holds under every other fault", async () => {
    const orders = 60;
    await simulateMany({
      seeds: 20,
      faults: "chaos",
      event: { orders },
      handler: (world) =>
        invoiceOrders({
          recursive: world.recursive,
          store: world.store,
          async sendInvoice(order, { signal } = {}) {
            await world.step(2_000, signal && { signal });
            await world.effect(String(order), "sent");
          },
        }),
      checks: [...standardChecks, everyItemAtLeastOnce(Array.from({ length: orders }, (_, order) => String(order)))],
    });
  });
});
