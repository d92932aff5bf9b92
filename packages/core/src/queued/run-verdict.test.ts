import { describe, expect, it } from "vitest";
import type { RunRecord } from "../state/run-store.ts";
import { hideSeconds, verdictOf } from "./run-verdict.ts";

const record = (more: Partial<RunRecord>): RunRecord => ({
  run: "s3:b/k@1",
  hop: 0,
  phase: "running",
  leaseUntilMs: 0,
  heartbeatAtMs: 0,
  startedAtMs: 0,
  changedAtMs: 0,
  attempt: 1,
  epoch: 1,
  failures: 1,
  target: "arn",
  stateKey: "position",
  event: "{}",
  stats: { steps: 0, usedMs: 0, costUsd: 0, stalledHops: 0 },
  ...more,
});

describe("a message is over only when the record of its run says so", () => {
  it("without a record the run has yet to begin", () => {
    expect(verdictOf(undefined)).toEqual({ kind: "begin" });
  });

  it.each(["running", "handed-off", "paused"] as const)("a run that is %s is waited for", (phase) => {
    expect(verdictOf(record({ phase }))).toEqual({ kind: "wait" });
  });

  it.each(["loaded", "superseded"])("a run that is done with its file %s is done", (status) => {
    expect(verdictOf(record({ phase: "done", result: JSON.stringify({ status }) }))).toEqual({ kind: "done" });
  });

  it("a run that rejected its file is dead, for its reason", () => {
    const result = JSON.stringify({ status: "rejected", code: "INVALID_RECORD", message: "Record 3 is bad." });
    expect(verdictOf(record({ phase: "done", result }))).toEqual({
      kind: "dead",
      code: "INVALID_RECORD",
      message: "Record 3 is bad.",
    });
  });

  it("a run that is paused by request is waited for", () => {
    const reason = { code: "PAUSE_REQUESTED", message: "A pause was requested." };
    expect(verdictOf(record({ phase: "paused", reason }))).toEqual({ kind: "wait" });
  });

  it("a run that cannot go on by itself is dead until somebody resumes it", () => {
    const reason = { code: "STALLED", message: "no safe point in 3 hops" };
    expect(verdictOf(record({ phase: "paused", reason }))).toMatchObject({ kind: "dead", code: "STALLED" });
  });

  it.each(["failed", "stopped"] as const)("a run that %s is dead, for the reason in its record", (phase) => {
    const reason = { code: "MAX_ATTEMPTS", message: "failed 10 times" };
    expect(verdictOf(record({ phase, reason }))).toEqual({
      kind: "dead",
      code: "MAX_ATTEMPTS",
      message: `Run s3:b/k@1 ${phase}: failed 10 times`,
    });
  });
});

describe("a message that is not over is hidden", () => {
  const times = { firstLookSeconds: 30, lastLookSeconds: 39_600 };

  it("twice as long each time, up to the longest, which is below SQS's 12 hours", () => {
    expect([1, 2, 3, 11, 12, 1_000].map((looks) => hideSeconds(looks, times))).toEqual([
      30, 60, 120, 30_720, 39_600, 39_600,
    ]);
  });

  it("so that 30 looks come to more than a week, and less than the 14 days a queue keeps a message", () => {
    const days = Array.from({ length: 30 }, (_, i) => hideSeconds(i + 1, times)).reduce((a, b) => a + b) / 86_400;
    expect(days).toBeGreaterThan(7);
    expect(days).toBeLessThan(13);
  });
});
