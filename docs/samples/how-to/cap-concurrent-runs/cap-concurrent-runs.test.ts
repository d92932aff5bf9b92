import { type SimulationResult, simulate } from "@longhaul/core/testing";
import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { OrdersStack } from "./stack.ts";

const CAP = 2;
const RUNS = 6;

/** The most invocations that ran at a time. */
function mostAtOnce({ trace }: SimulationResult): number {
  const running = new Set<number>();
  let most = 0;
  for (const { type, invocation } of trace) {
    if (invocation === undefined) continue;
    if (type === "invoked") running.add(invocation);
    if (type === "returned" || type === "threw" || type === "timed-out") running.delete(invocation);
    most = Math.max(most, running.size);
  }
  return most;
}

describe("a function that runs only so often at a time", () => {
  let result: SimulationResult;
  let free: SimulationResult;
  beforeAll(async () => {
    vi.stubEnv("LONGHAUL_RUN_TABLE", "runs");
    vi.stubGlobal("fetch", async () => new Response());
    const { handler } = await import("./invoked.ts");
    const simulated = (maxContainers: number) =>
      simulate({
        seed: 5,
        faults: "calm",
        timeoutMs: 60_000,
        stepMs: [900, 1_100],
        maxContainers,
        events: Array.from({ length: RUNS }, (_, at) => ({ event: { shop: `shop-${at}`, orders: 200 } })),
        handler: () => handler,
      });
    result = await simulated(CAP);
    free = await simulated(10);
  });

  it("never exceeds it, and works on all runs to their end", () => {
    expect(mostAtOnce(result)).toBe(CAP);
    expect(mostAtOnce(free)).toBe(RUNS);
    expect(result.jobs.map(({ outcome }) => outcome)).toEqual(Array(RUNS).fill("done"));
    expect([...result.records.values()].map((record) => record.result)).toEqual(Array(RUNS).fill("200"));
  });

  it("has more runs under way than it works on: they take turns", () => {
    const { trace } = result;
    const first = trace.find((event) => event.type === "returned" && event.status === "done");
    const begun = new Set(
      trace.filter(({ at, type }) => type === "invoked" && at < (first?.at ?? 0)).map(({ job }) => job),
    );
    expect(begun.size).toBeGreaterThan(CAP);
  });
});

describe("the stack", () => {
  const template = Template.fromStack(new OrdersStack(new App(), "Orders"));

  it("reserves what the page says", () => {
    template.hasResourceProperties("AWS::Lambda::Function", { ReservedConcurrentExecutions: 5 });
  });

  it("lets the mapping of the queue have so many invocations at once", () => {
    template.hasResourceProperties("AWS::Lambda::EventSourceMapping", {
      BatchSize: 1,
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: 5 },
    });
  });
});
