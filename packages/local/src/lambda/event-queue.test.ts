import { describe, expect, it } from "vitest";
import type { DeliveryTarget } from "../gateway/service.ts";
import { type AsyncEvent, type AsyncSettings, createEventQueue, type TryResult } from "./event-queue.ts";
import { createLambdaObserver } from "./lambda-events.ts";
import { createQuiet } from "./quiet.ts";

const FUNCTION = "arn:aws:lambda:eu-central-1:123456789012:function:walk";
const EVENT: AsyncEvent = {
  requestId: "r1",
  functionName: "walk",
  functionArn: FUNCTION,
  payload: '{"n":1}',
  traceHeader: "Root=1-2-3",
  clientContext: undefined,
};

const ran = (status: "ok" | "error" | "timeout", limitLeftMs?: number): TryResult => ({
  kind: "run",
  result: {
    outcome: { status, payload: status === "ok" ? "1" : '{"errorType":"Error","errorMessage":"no"}' },
    executedVersion: "$LATEST",
    logTail: undefined,
    limitLeftMs,
  },
});
const THROTTLED: TryResult = { kind: "throttled" };

/** A queue in virtual time; `results` has the outcome of each try, the last one for all further tries. */
async function play(
  results: readonly TryResult[],
  settings: Partial<AsyncSettings> = {},
  { delaysMs = [0], timeScale = 1 }: { readonly delaysMs?: readonly number[]; readonly timeScale?: number } = {},
) {
  let nowMs = 0;
  const timers: { atMs: number; callback: () => void }[] = [];
  const tries: { atMs: number; attempt: number }[] = [];
  const deliveries: { atMs: number; target: DeliveryTarget; payload: string }[] = [];
  const dropped: { reason: string }[] = [];
  const observer = createLambdaObserver();
  observer.on("dropped", (event) => dropped.push(event));
  const quiet = createQuiet();
  const queue = createEventQueue({
    now: () => nowMs,
    setTimer: (callback, delayMs) => void timers.push({ atMs: nowMs + delayMs, callback }),
    timeScale,
    async attempt(_, attempt) {
      tries.push({ atMs: nowMs, attempt });
      return results[Math.min(tries.length, results.length) - 1] as TryResult;
    },
    settings: () => ({
      eventInvokeConfig: {},
      deadLetterArn: undefined,
      roleArn: "role",
      reservedConcurrency: undefined,
      ...settings,
    }),
    deliver: async (target, payload) => void deliveries.push({ atMs: nowMs, target, payload }),
    observer,
    hold: quiet.hold,
  });
  queue.accept(EVENT, delaysMs);
  let isIdle = false;
  void quiet.idle().then(() => {
    isIdle = true;
  });
  for (;;) {
    // Let everything that waits for no timer run first.
    await new Promise((resolve) => setImmediate(resolve));
    timers.sort((a, b) => a.atMs - b.atMs);
    const next = timers.shift();
    if (!next) break;
    nowMs = next.atMs;
    next.callback();
  }
  expect(isIdle).toBe(true);
  return { tries, deliveries, dropped };
}

describe("an event", () => {
  it("that succeeds is tried once", async () => {
    const { tries, deliveries } = await play([ran("ok")]);
    expect(tries).toEqual([{ atMs: 0, attempt: 1 }]);
    expect(deliveries).toEqual([]);
  });

  it("that fails is tried after one minute, then two, then given up", async () => {
    const { tries, deliveries, dropped } = await play([ran("error")], { deadLetterArn: "dead" });
    expect(tries).toEqual([
      { atMs: 0, attempt: 1 },
      { atMs: 60_000, attempt: 2 },
      { atMs: 180_000, attempt: 3 },
    ]);
    expect(deliveries).toMatchObject([{ atMs: 180_000, target: { arn: "dead" }, payload: EVENT.payload }]);
    expect(dropped).toMatchObject([{ reason: "retries" }]);
  });

  it("that is throttled waits longer each time, and its attempts are not used up", async () => {
    const { tries } = await play([THROTTLED, THROTTLED, THROTTLED, ran("error"), THROTTLED, ran("ok")]);
    expect(tries).toEqual([
      { atMs: 0, attempt: 1 },
      { atMs: 1000, attempt: 1 },
      { atMs: 3000, attempt: 1 },
      { atMs: 7000, attempt: 1 },
      { atMs: 67_000, attempt: 2 },
      { atMs: 68_000, attempt: 2 },
    ]);
  });

  it("that finds no room for six hours is given up exactly then", async () => {
    const { deliveries, dropped } = await play([THROTTLED], { eventInvokeConfig: { onFailureArn: "failed" } });
    expect(deliveries).toMatchObject([{ atMs: 6 * 3_600_000, target: { arn: "failed" } }]);
    expect(JSON.parse(deliveries[0]?.payload ?? "").requestContext).toEqual({
      requestId: "r1",
      functionArn: `${FUNCTION}:$LATEST`,
      condition: "EventAgeExceeded",
      approximateInvokeCount: 0,
    });
    expect(dropped).toMatchObject([{ reason: "age" }]);
  });

  // LocalStack's recording of AWS, test_lambda.py::TestLambdaConcurrency::test_reserved_concurrency.
  it("of a function without any concurrency is given up at once", async () => {
    const settings = { eventInvokeConfig: { onFailureArn: "failed" }, reservedConcurrency: 0 };
    const { tries, deliveries, dropped } = await play([THROTTLED], settings);
    expect(tries).toHaveLength(1);
    expect(deliveries).toMatchObject([{ atMs: 0, target: { arn: "failed" } }]);
    expect(JSON.parse(deliveries[0]?.payload ?? "").requestContext).toMatchObject({
      condition: "ZeroReservedConcurrency",
      approximateInvokeCount: 0,
    });
    expect(dropped).toMatchObject([{ reason: "concurrency" }]);
  });

  it("is tried once for each delivery", async () => {
    const { tries } = await play([ran("ok")], {}, { delaysMs: [0, 250] });
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 250]);
  });

  it("that is lost is not tried", async () => {
    expect((await play([ran("ok")], {}, { delaysMs: [] })).tries).toEqual([]);
  });

  it("whose function is gone is forgotten", async () => {
    const { tries, deliveries } = await play([ran("error"), { kind: "gone" }], { deadLetterArn: "dead" });
    expect(tries).toHaveLength(2);
    expect(deliveries).toEqual([]);
  });
});

describe("in scaled time", () => {
  const timeScale = 0.001;

  it("waits are shorter, and the event ages by what they are on AWS", async () => {
    const { tries, dropped } = await play([THROTTLED], {}, { timeScale });
    const inFull = await play([THROTTLED]);
    expect(tries.map(({ atMs }) => atMs)).toEqual(inFull.tries.map(({ atMs }) => atMs * timeScale));
    expect(dropped).toMatchObject([{ reason: "age" }]);
  });

  it("a retry finds the lease of a killed process over, as on AWS", async () => {
    const { tries } = await play(
      [ran("timeout", 0), ran("timeout", 4_000), ran("error"), ran("ok")],
      {},
      { timeScale },
    );
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 1_500, 7_000]);
  });

  it("the wait for a lease does not make the event too old", async () => {
    const eventInvokeConfig = { maximumEventAgeSeconds: 200 };
    const { tries } = await play([ran("timeout", 50_000), ran("ok")], { eventInvokeConfig }, { timeScale });
    expect(tries.map(({ atMs }) => atMs)).toEqual([0, 51_500]);
  });
});
