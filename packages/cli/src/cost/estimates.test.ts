import { ARM64_US_EAST_1 } from "@longhaul/core/parts";
import { describe, expect, it } from "vitest";
import { cheapest, dollars, duration, estimates, type Job } from "./estimates.ts";
import { LAST_SEEN, PRICES } from "./prices.ts";

function usdOf(job: Job): Record<string, number | undefined> {
  return Object.fromEntries(
    estimates(job).map(({ way, usd }) => [way.split(",")[0]! + (way.includes("each item") ? " by item" : ""), usd]),
  );
}

const records: Job = { items: 1_000_000, itemSeconds: 0.1, memoryMb: 512, runs: 1 };
const videos: Job = { items: 2_000, itemSeconds: 60, memoryMb: 2_048, runs: 30 };
const models: Job = { items: 3, itemSeconds: 7_200, memoryMb: 8_192, runs: 4 };

describe("costs are those that were worked out by hand", () => {
  it("of a million records of 0.1 s in 512 MB", () => {
    const costs = usdOf(records);
    // 100,000 s x 0.5 GB x $0.0000133334 = $0.66667.
    // A hop holds 873 s: 115 hops. 115 x $0.0000002; 230 + 20,000 writes x $0.000000625.
    expect(costs.Longhaul).toBeCloseTo(0.66667 + 0.000023 + 0.01264375, 9);
    // 810 s hold 8,100 records: 124 batches. 248 operations x $0.000008.
    expect(costs["Durable functions"]).toBeCloseTo(0.66667 + 124 * 0.0000002 + 0.001984, 9);
    expect(costs["Durable functions by item"]).toBeUndefined();
    // 248 transitions x $0.000025.
    expect(costs["Step Functions"]).toBeCloseTo(0.66667 + 124 * 0.0000002 + 0.0062, 9);
    // 600 records each: 1,667 children, 3,335 transitions.
    expect(costs["Distributed Map"]).toBeCloseTo(0.66667 + 1_667 * 0.0000002 + 0.083375, 9);
    // $0.25, and $1 for a million objects, and $0.20 for a million requests.
    expect(costs["S3 Batch Operations"]).toBeCloseTo(0.25 + 1 + 0.66667 + 0.2, 9);
    // 27.78 h x (0.5 vCPU x $0.03238 + 1 GB x $0.00356).
    expect(costs.Fargate).toBeCloseTo((100_000 / 3_600) * 0.01975, 9);
  });

  it("of 2,000 videos of a minute in 2 GB, each day", () => {
    const costs = usdOf(videos);
    const compute = 30 * 120_000 * 2 * 0.0000133334;
    // 138 hops; 276 + 24,000 writes.
    expect(costs.Longhaul).toBeCloseTo(compute + 30 * (138 * 0.0000002 + 24_276 * 0.000000625), 6);
    // 2,000 of 3,000 operations.
    expect(costs["Durable functions by item"]).toBeCloseTo(compute + 30 * (154 * 0.0000002 + 2_000 * 0.000008), 6);
    // 2 GB of a function are 1.16 vCPU, so a task needs 2.
    expect(costs.Fargate).toBeCloseTo(30 * (120_000 / 3_600) * (2 * 0.03238 + 4 * 0.00356), 6);
  });

  it("of one minute's work, which needs no recursion", () => {
    const small = { items: 60, itemSeconds: 1, memoryMb: 1_024, runs: 10 };
    expect(usdOf(small)["One invocation"]).toBeCloseTo(10 * (60 * 0.0000133334 + 0.0000002), 12);
    expect(cheapest(estimates(small))?.way).toBe("Fargate, one task");
  });
});

describe("what is not possible is said", () => {
  it("an item that is longer than an invocation: only a task remains", () => {
    expect(
      estimates(models)
        .filter(({ usd }) => usd !== undefined)
        .map(({ way }) => way),
    ).toEqual(["Fargate, one task"]);
  });

  it("an item that fits into an invocation, but not into the share of it that a hop gives to work", () => {
    const costs = usdOf({ items: 10, itemSeconds: 880, memoryMb: 1_024, runs: 1 });
    expect(costs.Longhaul).toBeUndefined();
    expect(costs["Step Functions"]).toBeDefined();
  });

  it("more operations and events than an execution may have", () => {
    const costs = usdOf({ items: 2_000_000, itemSeconds: 1.5, memoryMb: 512, runs: 1 });
    expect(costs["Durable functions"]).toBeUndefined();
    expect(costs["Step Functions"]).toBeUndefined();
    expect(costs.Longhaul).toBeDefined();
  });

  it("more memory than a function or a task may have", () => {
    const possible = (memoryMb: number) => estimates({ ...records, memoryMb }).filter(({ usd }) => usd !== undefined);
    expect(possible(20_480).map(({ way }) => way)).toEqual(["Fargate, one task"]);
    expect(possible(200_000)).toEqual([]);
  });
});

describe("prices", () => {
  it("of Lambda are those that guards count with", () => {
    expect(PRICES.lambdaGbSecond.usd).toBe(ARM64_US_EAST_1.usdPerGbSecond);
    expect(PRICES.lambdaRequest.usd).toBe(ARM64_US_EAST_1.usdPerRequest);
  });

  it.each(Object.entries(PRICES))("%s has the vendor's page and a date", (_, { source, seen }) => {
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    expect(seen).toMatch(/^2026-11/);
    expect(LAST_SEEN).toBe("November 2026");
  });
});

it.each([
  [0.000023, "$0.000023"],
  [0.6793, "$0.68"],
  [96.456, "$96.46"],
  [1234.5, "$1,235"],
])("%d dollars are written %s", (usd, text) => {
  expect(dollars(usd)).toBe(text);
});

it.each([
  [0.25, "0.25 s"],
  [90, "1.5 min"],
  [3_600, "1 h"],
  [100_000, "1.2 d"],
])("%d seconds are written %s", (seconds, text) => {
  expect(duration(seconds)).toBe(text);
});
