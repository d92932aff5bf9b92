import { type DurableLambdaHandler, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { LocalDurableTestRunner } from "@aws/durable-execution-sdk-js-testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { durableRun } from "./durable.ts";
import { FailRunError, recursive } from "./index.ts";

const INVOCATION_MS = 10_000;
const ITEM_MS = 1_000;

/** Milliseconds that are left to the invocation: the runner's own clock says 900 seconds, however long it takes. */
let leftMs = 0;
/** Items in the order they were done, each with the hop that did it. */
let did: { readonly item: number; readonly hop: number; readonly run: string }[] = [];

const work = recursive({
  start: () => 0,
  async *run(position, { event, run }: { event: { upTo: number; fails?: boolean }; run: { hop: number; id: string } }) {
    for (let item = position; item < event.upTo; item++) {
      leftMs -= ITEM_MS;
      if (event.fails && item === 12) throw new FailRunError("item 12 is broken", { code: "BROKEN" });
      did.push({ item, hop: run.hop, run: run.id });
      yield item + 1;
    }
    return `${event.upTo} items`;
  },
});
const durable = withDurableExecution((event: { upTo: number }, context) => durableRun(context, work, event));

// In real time: where the runner skips it, a wait can be over before the invocation has ended.
beforeAll(() => LocalDurableTestRunner.setupTestEnvironment({ skipTime: false }));
afterAll(() => LocalDurableTestRunner.teardownTestEnvironment());

async function execute(payload: object) {
  did = [];
  const leftAtEndMs: number[] = [];
  const handlerFunction: DurableLambdaHandler = async (event, context) => {
    leftMs = INVOCATION_MS;
    try {
      return await durable(event, Object.assign(context, { getRemainingTimeInMillis: () => leftMs }));
    } finally {
      leftAtEndMs.push(leftMs);
    }
  };
  const execution = await new LocalDurableTestRunner({ handlerFunction }).run({ payload });
  return { execution, leftAtEndMs };
}

describe("a run inside a durable execution of AWS's SDK", () => {
  it("yields by a wait while time is left, and a replay does no hop again", async () => {
    const { execution, leftAtEndMs } = await execute({ upTo: 20 });
    expect(execution.getResult()).toBe("20 items");
    expect(did.map(({ item }) => item)).toEqual(Array.from({ length: 20 }, (_, item) => item));
    const hops = leftAtEndMs.length;
    expect(hops).toBeGreaterThanOrEqual(3);
    // Each invocation replays all hops before its own, which take no time, and then has the whole of its own.
    expect(new Set(did.map(({ hop }) => hop)).size).toBe(hops);
    for (const left of leftAtEndMs) expect(left).toBeGreaterThan(0);
    for (const left of leftAtEndMs.slice(0, -1)) expect(left).toBeLessThanOrEqual(4 * ITEM_MS);
    expect(execution.getOperations()).toHaveLength(2 * hops - 1);
    // Each invocation has a request id of its own.
    expect(new Set(did.map(({ run }) => run)).size).toBe(1);
  });

  it("fails with it, and is not tried again, when the run fails", async () => {
    const { execution } = await execute({ upTo: 20, fails: true });
    expect(execution.getStatus()).toBe("FAILED");
    expect(execution.getError().errorMessage).toContain("item 12 is broken");
    expect(did).toHaveLength(12);
  });
});
