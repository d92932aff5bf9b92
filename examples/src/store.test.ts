import { simulate, simulateMany } from "@longhaul/core/testing";
import { afterEach, expect, it, vi } from "vitest";
import { handler } from "./store.ts";

const event = { orders: Array.from({ length: 40 }, (_, at) => `order-${at}`) };

/** A billing service that charges once for each idempotency key. */
function billing(answerTo: (order: string) => number = () => 200) {
  const charged = new Map<string, string>();
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers: { "Idempotency-Key": string } }) => {
    const order = url.split("/")[4] ?? "";
    const status = answerTo(order);
    if (status === 200) charged.set(headers["Idempotency-Key"], order);
    return new Response(null, { status });
  });
  return charged;
}

afterEach(() => void vi.unstubAllGlobals());

it("charges each order once, whatever crashes, is lost or comes twice", async () => {
  const charged = billing();
  const seeds = 30;
  const { outcomes } = await simulateMany({ seeds, faults: "chaos", timeoutMs: 60_000, event, handler: () => handler });
  expect(outcomes.done).toBe(seeds);
  const runs = new Map<string, string[]>();
  for (const [key, order] of charged) {
    const run = key.slice(0, key.lastIndexOf("/"));
    runs.set(run, [...(runs.get(run) ?? []), order]);
  }
  for (const orders of runs.values()) expect(orders.toSorted()).toEqual(event.orders.toSorted());
});

it("ends at once for an order that does not exist, and says so", async () => {
  const charged = billing((order) => (order === "order-3" ? 404 : 200));
  const { records } = await simulate({ seed: 1, faults: "calm", event, handler: () => handler });
  const [record] = records.values();
  expect(record).toMatchObject({
    phase: "failed",
    reason: { code: "NO_ORDER", message: "There is no order order-3." },
  });
  expect(charged.size).toBe(3);
});
