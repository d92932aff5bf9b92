import type { DurableLambdaHandler } from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { simulate } from "@longhaul/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { handler as after } from "./after.ts";
import { handler as back } from "./back.ts";
import { handler as before } from "./before.ts";

const orders = Array.from({ length: 40 }, (_, at) => `order-${at}`);
const batch = { batch: "2026-11", orders };
const time = { leftMs: 0 };
/** Charges by idempotency key, in the order of the first. */
let charged: Map<string, string>;
let isUp: (order: string) => boolean;

beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: true }));
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());
beforeEach(() => {
  charged = new Map();
  isUp = () => true;
  vi.stubGlobal("fetch", async (url: string, { headers }: { headers: { "Idempotency-Key": string } }) => {
    const order = url.split("/").at(-2) ?? "";
    time.leftMs -= 1_000;
    if (!isUp(order)) return new Response(null, { status: 503 });
    charged.set(headers["Idempotency-Key"], order);
    return new Response();
  });
});
afterEach(() => void vi.unstubAllGlobals());

/** Runs a durable function in AWS's local runner; each invocation has ten seconds. */
async function execute(handler: DurableLambdaHandler, payload: object) {
  let invocations = 0;
  const handlerFunction: DurableLambdaHandler = (event, context) => {
    invocations += 1;
    time.leftMs = 10_000;
    // The runner's own says 900 seconds, however long it takes.
    return handler(event, Object.assign(context, { getRemainingTimeInMillis: () => time.leftMs }));
  };
  const execution = await new LocalDurableTestRunner({ handlerFunction }).run({ payload });
  return { execution, invocations };
}

/** Lets Longhaul's function do it, in hops of ten seconds. */
const onLonghaul = (event: typeof batch & { charged?: number }) =>
  simulate({ seed: 1, faults: "calm", timeoutMs: 10_000, stepMs: [900, 1_000], event, handler: () => after });

describe("a durable function is moved to Longhaul", () => {
  it("and does the same before", async () => {
    const { execution } = await execute(before, batch);
    expect(execution.getResult()).toBe(orders.length);
    expect([...charged.values()]).toEqual(orders);
    expect(execution.getOperations()).toHaveLength(orders.length);
  });

  it("and does the same after", async () => {
    const { outcome, stats } = await onLonghaul(batch);
    expect(outcome).toBe("done");
    expect(stats.invocations).toBeGreaterThan(3);
    expect([...charged.values()]).toEqual(orders);
  });

  it("with an execution under way: it is stopped, and Longhaul begins where it was", async () => {
    isUp = (order) => order !== "order-15";
    const { execution } = await execute(before, batch);
    expect(execution.getStatus()).toBe("FAILED");
    const done = execution.getOperations({ status: "SUCCEEDED" }).length;
    expect(done).toBe(15);
    isUp = () => true;
    const { outcome } = await onLonghaul({ ...batch, charged: done });
    expect(outcome).toBe("done");
    expect([...charged.values()]).toEqual(orders);
  });
});

describe("and back", () => {
  it("the generator runs in a durable function, with two operations a hop and not one an order", async () => {
    const { execution, invocations } = await execute(back, batch);
    expect(execution.getResult()).toBe(orders.length);
    expect([...charged.values()]).toEqual(orders);
    expect(invocations).toBeGreaterThan(3);
    // The runner skips time: a wait can be over before the invocation has ended, and the next hop is then a short one.
    expect(execution.getOperations().length).toBeLessThan(orders.length / 2);
  });

  it("with a run under way: its record says how far it is", async () => {
    isUp = (order) => order !== "order-15";
    const { records } = await onLonghaul(batch);
    const [record] = records.values();
    const next = JSON.parse(record?.state ?? "{}").value?.next;
    expect(next).toBe(15);
    isUp = () => true;
    const { execution } = await execute(back, { ...batch, charged: next });
    expect(execution.getResult()).toBe(orders.length);
    expect([...charged.values()]).toEqual(orders);
  });
});
