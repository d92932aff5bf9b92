import type { Host } from "../src/host.ts";
import type { InvocationContext, Outcome } from "../src/index.ts";

/** A machine for tests, whose clock moves only when told. */
export interface ManualHost extends Host {
  nowMs: number;
  readonly environment: Record<string, string>;
  /** Lets time pass; timers fire in order, each at its moment. */
  advance(ms: number): void;
  /** Lets time pass with the event loop blocked; what is due fires late, at the end. */
  block(ms: number): void;
  /** Lets time pass from timer to timer until `pending` is settled, and answers as it does. */
  until<Answer>(pending: Promise<Answer>): Promise<Answer>;
  /** Timers that have not fired. */
  readonly waiting: number;
}

/** Lets everything happen that needs no time. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

let ids = 0;

/** How long {@link ManualHost.until} waits for what is real, in milliseconds, before it says that nothing will happen. */
const REAL_MS = 10_000;

export function manualHost(): ManualHost {
  const timers = new Map<number, { readonly atMs: number; readonly fire: () => void }>();
  const fireDue = (untilMs: number, isLate: boolean) => {
    for (;;) {
      const due = [...timers].filter(([, { atMs }]) => atMs <= untilMs).sort(([, a], [, b]) => a.atMs - b.atMs)[0];
      if (!due) return;
      const [id, { atMs, fire }] = due;
      timers.delete(id);
      if (!isLate) host.nowMs = Math.max(host.nowMs, atMs);
      fire();
    }
  };
  const host: ManualHost = {
    nowMs: 1_000_000,
    environment: {},
    now: () => host.nowMs,
    timer(delayMs, fire) {
      const id = ++ids;
      timers.set(id, { atMs: host.nowMs + delayMs, fire });
      return () => timers.delete(id);
    },
    id: () => `id-${++ids}`,
    random: () => 0.5,
    env: (name) => host.environment[name],
    get waiting() {
      return timers.size;
    },
    advance(ms) {
      const endMs = host.nowMs + ms;
      fireDue(endMs, false);
      host.nowMs = endMs;
    },
    block(ms) {
      host.nowMs += ms;
      fireDue(host.nowMs, true);
    },
    async until(pending) {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      pending.then(settle, settle);
      // What is real (encryption, hashing) takes real time, in which no timer waits.
      const givesUpMs = Date.now() + REAL_MS;
      for (await idle(); !isSettled; await idle()) {
        const nextMs = Math.min(...[...timers.values()].map(({ atMs }) => atMs));
        if (nextMs !== Number.POSITIVE_INFINITY) host.advance(Math.max(0, nextMs - host.nowMs));
        else if (Date.now() > givesUpMs) throw new Error("Nothing more can happen: no timer is waiting.");
      }
      return pending;
    },
  };
  return host;
}

/** The context of an invocation that begins now. */
export function invocation(
  host: { now(): number },
  timeoutMs: number,
  change: Partial<InvocationContext> = {},
): InvocationContext {
  const deadlineMs = host.now() + timeoutMs;
  return {
    awsRequestId: "request-1",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:work:live",
    functionVersion: "7",
    memoryLimitInMB: "1024",
    getRemainingTimeInMillis: () => deadlineMs - host.now(),
    ...change,
  };
}

/** Follows a run that hands off through its caller to its end. */
export async function runToEnd<Result>(
  handler: (event: never, context: InvocationContext) => Promise<Outcome<Result>>,
  host: ManualHost,
  event: object,
  timeoutMs: number,
): Promise<Outcome<Result>[]> {
  const outcomes: Outcome<Result>[] = [];
  for (let next: object | undefined = event; next; ) {
    const outcome = await handler(next as never, invocation(host, timeoutMs));
    outcomes.push(outcome);
    next = outcome.status === "continued" ? outcome.continuation : undefined;
  }
  return outcomes;
}
