import { describe, expect, it } from "vitest";
import { faultPlan, QUIET, RATES } from "../src/fault-plan.ts";

const appOf = (name: string) => (name.includes("loops") ? "queue-loops" : "s3-batch");
const planOf = (change: { seed?: number; rates?: typeof RATES; isAnswered?: boolean } = {}) =>
  faultPlan({
    seed: change.seed ?? 1,
    rates: change.rates ?? RATES,
    appOf,
    mayBeLost: (_, payload) => payload.includes('"longhaul":'),
    mayBeSilent: () => !change.isAnswered,
  });
const numbers = Array.from({ length: 700 }, (_, at) => at + 1);
const event = (sequence: number, payload: string) => ({ sequence, payload, functionName: "s3", requestId: "r" });
const call = (sequence: number, change: object = {}) => ({
  sequence,
  service: "s3",
  operation: "GET",
  path: "/bucket/key",
  roleArn: "s3-role" as string | undefined,
  ...change,
});

describe("every second event comes twice, and every seventh hand-off is lost", () => {
  it("by the order in which they come", () => {
    const plan = planOf();
    const deliveries = numbers.map((sequence) => plan.lambda.deliveries(event(sequence, '{"longhaul":{}}')));
    expect(deliveries.filter(({ length }) => length === 0)).toHaveLength(100);
    expect(deliveries.filter(({ length }) => length === 2)).toHaveLength(300);
    expect(Object.fromEntries(plan.counts.get("s3-batch") ?? [])).toEqual({ lost: 100, doubled: 300 });
  });

  it("but no event is lost whose loss nobody could notice", () => {
    const plan = planOf();
    const deliveries = numbers.map((sequence) => plan.lambda.deliveries(event(sequence, '{"Records":[]}')));
    expect(deliveries.filter(({ length }) => length === 0)).toEqual([]);
  });

  it("as does every second message that a function is fed with, the first time it comes", () => {
    const plan = planOf();
    const message = { eventSourceArn: "arn:s3-queue", messageId: "m", body: "" };
    const isDouble = (receiveCount: number) => plan.eventSources.duplicate?.({ ...message, receiveCount }) === true;
    expect(numbers.filter(() => isDouble(1))).toHaveLength(350);
    expect(numbers.filter(() => isDouble(2))).toEqual([]);
  });
});

describe("calls of functions fail, those from outside never do", () => {
  it("every fifth Invoke is throttled", () => {
    const plan = planOf();
    const invoke = { service: "lambda", operation: "POST", path: "/2015-03-31/functions/x/invocations" };
    const faults = numbers.map((sequence) => plan.calls(call(sequence, invoke)));
    expect(faults.filter((fault) => fault === "throttle")).toHaveLength(140);
    expect(plan.calls(call(1, { ...invoke, roleArn: undefined }))).toBeUndefined();
  });

  it("a share of the others in each way, or by a broken connection where silence would be a result", () => {
    const rates = { ...RATES, callRates: { s3: 0.5 } };
    const waysOf = (isAnswered: boolean) => {
      const plan = planOf({ rates, isAnswered });
      return new Set(numbers.map((sequence) => plan.calls(call(sequence))));
    };
    expect([...waysOf(false)].sort()).toEqual(
      ["reset", "reset-after", "silence", "silence-after", "throttle", undefined].sort(),
    );
    expect([...waysOf(true)].sort()).toEqual(["reset", "reset-after", "throttle", undefined].sort());
    const plan = planOf({ rates });
    expect(numbers.filter((sequence) => plan.calls(call(sequence, { roleArn: undefined })))).toEqual([]);
  });
});

describe("instances are killed", () => {
  const run = (sequence: number, attempt: number) => ({ sequence, attempt, functionName: "s3", requestId: "r" });

  it("at any time of an invocation, the same for the same seed", () => {
    const timesOf = (seed: number) => {
      const plan = planOf({ seed });
      return numbers.map((sequence) => plan.lambda.killAfterMs(run(sequence, 1)));
    };
    expect(timesOf(1)).toEqual(timesOf(1));
    expect(timesOf(1)).not.toEqual(timesOf(2));
    const times = timesOf(1).filter((time) => time !== undefined);
    expect(times.length / numbers.length).toBeCloseTo(RATES.killRate, 1);
    expect(Math.min(...times)).toBeLessThan(500);
    expect(Math.max(...times)).toBeGreaterThan(RATES.killUpToMs - 500);
  });

  it("but not at the last try of an event, after which it would be a dead letter", () => {
    const plan = planOf();
    expect(numbers.filter((sequence) => plan.lambda.killAfterMs(run(sequence, 3)) !== undefined)).toEqual([]);
  });
});

describe("a quiet day", () => {
  it("has no fault", () => {
    const plan = planOf({ rates: QUIET });
    for (const sequence of numbers) {
      expect(plan.lambda.deliveries(event(sequence, '{"longhaul":{}}'))).toEqual([0]);
      expect(plan.calls(call(sequence))).toBeUndefined();
      expect(plan.lambda.killAfterMs({ sequence, attempt: 1, functionName: "s3", requestId: "r" })).toBeUndefined();
    }
    expect(plan.counts.size).toBe(0);
  });
});
