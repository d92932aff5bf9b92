import { describe, expect, it } from "vitest";
import type { Host } from "./host.ts";
import { callerDriver, type InvocationContext, memoryRunStore, type Outcome, recursive } from "./index.ts";

/** A machine whose clock moves only when told. */
function stillHost(): Host & { nowMs: number; advance(ms: number): void } {
  let ids = 0;
  const timers = new Map<number, { at: number; fire: () => void }>();
  const host = {
    nowMs: 1_000_000,
    now: () => host.nowMs,
    timer(delayMs: number, fire: () => void) {
      const id = ++ids;
      timers.set(id, { at: host.nowMs + delayMs, fire });
      return () => timers.delete(id);
    },
    id: () => `id-${++ids}`,
    random: () => 0.5,
    env: () => undefined,
    advance(ms: number) {
      host.nowMs += ms;
      for (const [id, timer] of timers) {
        if (timer.at <= host.nowMs && timers.delete(id)) timer.fire();
      }
    },
  };
  return host;
}

function invocation(host: { now(): number }, timeoutMs: number, requestId = "request-1"): InvocationContext {
  const deadline = host.now() + timeoutMs;
  return {
    awsRequestId: requestId,
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:work:live",
    functionVersion: "7",
    memoryLimitInMB: "1024",
    getRemainingTimeInMillis: () => deadline - host.now(),
  };
}

function counter(
  host: ReturnType<typeof stillHost>,
  options: { upTo: number; stepMs: number; store?: ReturnType<typeof memoryRunStore> },
) {
  const seen: number[] = [];
  const handler = recursive<{ upTo: number; other?: string }, number, string>({
    host,
    stateKey: "position",
    driver: callerDriver(),
    ...(options.store && { store: options.store }),
    start: () => 0,
    async *run(position) {
      for (let at = position; at < options.upTo; at++) {
        seen.push(at);
        host.advance(options.stepMs);
        yield at + 1;
      }
      return "all of it";
    },
  });
  return { handler, seen };
}

async function runToEnd<R>(
  handler: (event: never, context: InvocationContext) => Promise<Outcome<R>>,
  host: ReturnType<typeof stillHost>,
  event: object,
  timeoutMs: number,
): Promise<Outcome<R>[]> {
  const outcomes: Outcome<R>[] = [];
  for (let next: object | undefined = event; next; ) {
    const outcome = await handler(next as never, invocation(host, timeoutMs));
    outcomes.push(outcome);
    next = outcome.status === "continued" ? outcome.continuation : undefined;
  }
  return outcomes;
}

describe("recursive() carries work across invocations", () => {
  it("processes each item once and passes the rest of the event on", async () => {
    const host = stillHost();
    const { handler, seen } = counter(host, { upTo: 100, stepMs: 1_000 });
    const outcomes = await runToEnd(handler, host, { upTo: 100, other: "kept" }, 20_000);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(outcomes.length).toBeGreaterThan(5);
    expect(outcomes.at(-1)).toMatchObject({ status: "done", message: "all done", result: "all of it" });
    const [first] = outcomes;
    expect(first).toMatchObject({ status: "continued", continuation: { other: "kept", position: expect.any(Number) } });
    expect(first?.message).toMatch(/^to be continued from \[\d+\]$/);
  });

  it("keeps one record per run in a store", async () => {
    const host = stillHost();
    const store = memoryRunStore();
    const { handler, seen } = counter(host, { upTo: 50, stepMs: 1_000, store });
    const outcomes = await runToEnd(handler, host, { upTo: 50 }, 20_000);
    expect(seen).toHaveLength(50);
    const record = await store.get(outcomes[0]!.run);
    expect(record).toMatchObject({
      phase: "done",
      hop: outcomes.length - 1,
      result: '"all of it"',
      stats: { steps: 50 },
    });
  });
});
