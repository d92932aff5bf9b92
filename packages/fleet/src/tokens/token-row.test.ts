import { begin, type RunRecord, renew } from "@longhaul/core/store";
import { describe, expect, it } from "vitest";
import { endRow, isRunning, isStale, lastUsedMs, loopOf, newRow, runOf, type TokenRow, takeOver } from "./token-row.ts";

const key = { queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", token: "a1" };
const loop = (loopId: string, nowMs: number) => ({ loopId, target: "loops", nowMs });
const fresh = newRow(key, loop("loop-1", 1_000));

/** The row after its loop's first hop has begun. */
function begun(row: TokenRow, nowMs: number): TokenRow {
  const { run, startedAtMs, target, event } = row.record;
  const what = { run, startedAtMs, target, event, skewMs: 1_000 };
  const answer = begin(row.record, { ...what, hop: 0, owner: "me", nowMs, leaseUntilMs: nowMs + 30_000 });
  return { ...row, record: answer.record as RunRecord };
}

describe("[S4.2] a row is the record of its loop's run", () => {
  it("which is made with it, and can start the loop", () => {
    const { record } = fresh;
    expect(record).toMatchObject({ phase: "handed-off", hop: 0, target: "loops", startedAtMs: 1_000 });
    expect(JSON.parse(record.event)).toEqual({ ...key, loopId: "loop-1" });
    expect(loopOf(record.run)).toEqual({ ...key, loopId: "loop-1" });
    expect(runOf(loopOf(record.run))).toBe(record.run);
  });

  it("and says when the loop showed life last", () => {
    expect(lastUsedMs(fresh)).toBeUndefined();
    expect(lastUsedMs(begun(fresh, 2_000))).toBe(2_000);
  });
});

describe("[S4.4] a loop is stale when it shows no sign of life", () => {
  const used = begun(fresh, 2_000);
  it.each<[string, TokenRow, number, boolean]>([
    ["never used, but only just started", fresh, 61_000, false],
    ["never used since it was started", fresh, 61_001, true],
    ["a heartbeat within the threshold", used, 62_000, false],
    ["no heartbeat for longer", used, 62_001, true],
    ["a clock ahead wrote it", begun(fresh, 70_000), 62_001, false],
    ["asked to end", endRow(used, 3_000), 999_999, false],
  ])("%s", (_, row, nowMs, stale) => {
    expect(isStale(row, nowMs, 60_000)).toBe(stale);
  });
});

describe("[S4.5] a restarted loop owns the row", () => {
  const old = begun(fresh, 2_000);
  const taken = takeOver(old, loop("loop-2", 90_000));

  it("as a run of its own, which has not begun", () => {
    expect(taken).toMatchObject({ ...key, loopId: "loop-2", restarts: 1, rev: old.rev });
    expect(taken.record).toMatchObject({ phase: "handed-off", hop: 0, epoch: 0, startedAtMs: 90_000 });
    expect(loopOf(taken.record.run).loopId).toBe("loop-2");
    expect(lastUsedMs(taken)).toBeUndefined();
  });
});

describe("a loop that is asked to end", () => {
  it("is fenced out by its record, and no longer counts as running", () => {
    const old = begun(fresh, 2_000);
    const ended = endRow(old, 3_000);
    expect([isRunning(old), isRunning(ended)]).toEqual([true, false]);
    expect(ended.record).toMatchObject({ phase: "stopped", changedAtMs: 3_000, leaseUntilMs: 0 });
    const { run, hop, epoch } = old.record;
    const heartbeat = { run, hop, epoch, owner: "me", nowMs: 4_000, leaseUntilMs: 34_000 };
    expect(renew(old.record, heartbeat)).toBeDefined();
    expect(renew(ended.record, heartbeat)).toBeUndefined();
  });
});
