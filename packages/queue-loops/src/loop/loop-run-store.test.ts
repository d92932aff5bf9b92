import { describe, expect, it } from "vitest";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import { loopRunStore, runOf } from "./loop-run-store.ts";

const event = { queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", token: "t", loopId: "l" };
const run = runOf(event);
const stats = { steps: 3, usedMs: 9, costUsd: 0.1, stalledHops: 0 };

async function world() {
  const table = memoryTokenTable();
  await table.add(event, "l", 1_000);
  const refusals: string[] = [];
  const store = loopRunStore({
    table,
    heartbeatEveryMs: 10_000,
    now: () => 5_000,
    onRefused: (_, refusal) => void refusals.push(refusal),
  });
  const begin = (hop: number, owner: string, nowMs = 2_000) =>
    store.begin({
      run,
      hop,
      owner,
      nowMs,
      leaseUntilMs: nowMs + 60_000,
      skewMs: 1_000,
      startedAtMs: nowMs,
      target: "arn",
      stateKey: "state",
      event: JSON.stringify(event),
    });
  const write = (hop: number, owner: string, nowMs: number) => ({ run, hop, owner, nowMs });
  return { table, store, begin, write, refusals, row: () => table.get(event) };
}

describe("a token is a run", () => {
  it("whose hops begin once each, and hand off without a write", async () => {
    const { store, begin, write, row } = await world();
    expect(await begin(0, "a")).toMatchObject({ ok: true, record: { run, hop: 0, phase: "running" } });
    const before = await row();
    expect(await store.handOff({ ...write(0, "a", 3_000), phase: "handed-off", state: "{}", stats })).toMatchObject({
      ok: true,
    });
    expect(await row()).toEqual(before);
    expect(await begin(1, "b")).toMatchObject({ ok: true, record: { hop: 1 } });
  });

  it("whose doubled event, or retry, ends as a duplicate", async () => {
    const { begin, refusals } = await world();
    await begin(0, "a");
    expect(await begin(0, "twin")).toMatchObject({ ok: false, refusal: "older" });
    expect(refusals).toEqual(["duplicate"]);
  });

  it("over when its token is gone, ended or another loop's", async () => {
    const { begin, refusals, table } = await world();
    await table.end(event, 0);
    expect(await begin(0, "a")).toMatchObject({ ok: false, refusal: "over" });
    table.tokens.clear();
    expect(await begin(0, "a")).toMatchObject({ ok: false, refusal: "over" });
    await table.add(event, "other", 0);
    expect(await begin(0, "a")).toMatchObject({ ok: false, refusal: "over" });
    expect(refusals).toEqual(["ended", "gone", "other-loop"]);
  });

  it("whose checkpoint is the heartbeat: at most one write per period, with what was measured last", async () => {
    const { store, begin, write, row } = await world();
    await begin(0, "a");
    const checkpoint = (nowMs: number) => store.checkpoint({ ...write(0, "a", nowMs), state: "{}", stats });
    expect(await checkpoint(6_000)).toEqual({ ok: true, requested: undefined });
    expect((await row())?.lastUsedMs).toBe(2_000);
    await checkpoint(12_000);
    expect(await row()).toMatchObject({ lastUsedMs: 12_000, stats: JSON.stringify(stats) });
    expect(await begin(1, "b")).toMatchObject({ record: { stats } });
  });

  it("whose failed hop may be begun again by Lambda's retry", async () => {
    const { store, begin, write } = await world();
    await begin(0, "a");
    const released = { ...write(0, "a", 3_000), state: undefined, attempts: undefined, stats: undefined };
    expect(await store.release(released)).toMatchObject({ ok: true });
    expect(await begin(0, "retry")).toMatchObject({ ok: true });
  });

  it("that ends by a request to stop, and is taken by nobody else's write", async () => {
    const { store, begin, write, row } = await world();
    await begin(0, "a");
    expect(await store.finish({ ...write(0, "stranger", 3_000), phase: "stopped", stats })).toMatchObject({
      ok: false,
    });
    expect(await store.request(run, "pause")).toBe(false);
    expect(await store.request(run, "stop")).toBe(true);
    expect(await row()).toMatchObject({ state: "ended" });
    expect(await store.checkpoint({ ...write(0, "a", 13_000), state: "{}", stats })).toMatchObject({ ok: false });
  });

  it("that tools can list, with those that have been silent", async () => {
    const { store, begin, table } = await world();
    await begin(0, "a", 50_000);
    await table.add({ ...event, token: "u" }, "m", 1_000);
    const runs = async (records: AsyncIterable<{ run: string }>) => {
      const found: string[] = [];
      for await (const record of records) found.push(record.run);
      return found;
    };
    const silent = runOf({ ...event, token: "u", loopId: "m" });
    expect(await runs(store.list())).toEqual([run, silent]);
    expect(await runs(store.stale({ heartbeatBeforeMs: 10_000, leaseOverMs: 0 }))).toEqual([silent]);
    expect(await store.get(run)).toMatchObject({ run, heartbeatAtMs: 50_000 });
  });
});
