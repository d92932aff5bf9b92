import type { HopHistory, RunHistory } from "../src/report/run-history.ts";

/** A hop that ended well, and what differs from it. */
export function hopOf(more: Partial<HopHistory>): HopHistory {
  return {
    requestId: "request",
    run: "run",
    hop: 0,
    attempt: 1,
    sandboxId: "sandbox",
    cold: false,
    startedAtMs: 0,
    endedAtMs: 1_000,
    status: "done",
    steps: 1,
    ...more,
  };
}

/** A history of one hop that ended well, and what differs from it. */
export function historyOf(more: Partial<RunHistory> = {}): RunHistory {
  return {
    version: 1,
    run: "run",
    app: "app",
    input: { name: "input", bytes: 1 },
    timeoutMs: 900_000,
    startedAtMs: 0,
    endedAtMs: 1_000,
    status: "done",
    hops: [hopOf({})],
    samples: [],
    costUsd: 0,
    ...more,
  };
}
