import { storeCases } from "@longhaul/core/store/conformance";
import { describe, expect, it } from "vitest";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import { endRow, isRunning, loopOf, newRow, runOf, takeOver } from "./token-row.ts";
import { tokenRunStore } from "./token-run-store.ts";

const event = { queueUrl: "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", token: "t", loopId: "l" };
const run = runOf(event);
const stats = { steps: 3, usedMs: 9, costUsd: 0.1, stalledHops: 0 };
const loop = (loopId: string, nowMs: number) => ({ loopId, target: "loops", nowMs });

describe("the token table as a store of runs conforms", () => {
  it.each(storeCases)("$name", ({ run: check }) =>
    check(() => ({
      store: tokenRunStore(memoryTokenTable(3)),
      runId: (name) => runOf({ ...event, token: name }),
    })),
  );
});

async function world() {
  const table = memoryTokenTable();
  const calls: string[] = [];
  await table.put(newRow(event, loop("l", 1_000)));
  const store = tokenRunStore({
    ...table,
    get: (key) => {
      calls.push("get");
      return table.get(key);
    },
    put: (row) => {
      calls.push("put");
      return table.put(row);
    },
  });
  const begin = (hop: number, owner: string, nowMs = 2_000) =>
    store.begin({
      run,
      hop,
      owner,
      nowMs,
      leaseUntilMs: nowMs + 30_000,
      skewMs: 1_000,
      startedAtMs: nowMs,
      target: "arn",
      event: JSON.stringify(event),
    });
  const write = (owner: string, nowMs: number, hop = 0) => ({ run, hop, owner, epoch: hop + 1, nowMs });
  const renew = (owner: string, nowMs: number) => store.renew({ ...write(owner, nowMs), leaseUntilMs: nowMs + 30_000 });
  return { table, store, calls, begin, write, renew, row: () => table.get(event) };
}

describe("[S4.3] a heartbeat", () => {
  it("is one conditional write, which verifies the token and renews it", async () => {
    const { begin, renew, calls, row } = await world();
    await begin(0, "a");
    calls.length = 0;
    expect(await renew("a", 12_000)).toEqual({ ok: true, requested: undefined });
    expect(calls).toEqual(["put"]);
    expect((await row())?.record).toMatchObject({ heartbeatAtMs: 12_000, leaseUntilMs: 42_000 });
  });

  it("is refused once the token is ended, deleted or another loop's, and writes nothing", async () => {
    const old = await world();
    const row = async () => {
      const found = await old.row();
      if (!found) throw new Error("no row");
      return found;
    };
    await old.begin(0, "a");
    await old.table.put(endRow(await row(), 3_000));
    expect(await old.renew("a", 4_000)).toMatchObject({ ok: false, record: { phase: "stopped" } });
    await old.table.put(takeOver(await row(), loop("m", 5_000)));
    const before = await row();
    expect(await old.renew("a", 6_000)).toEqual({ ok: false, record: undefined });
    expect(await row()).toEqual(before);
    old.table.tokens.clear();
    expect(await old.renew("a", 7_000)).toEqual({ ok: false, record: undefined });
    expect(await old.row()).toBeUndefined();
  });

  it("that another loop's takeover came before is refused; one that came first refuses the takeover", async () => {
    const { table, begin, renew, row } = await world();
    await begin(0, "a");
    const seen = await row();
    if (!seen) throw new Error("no row");
    await renew("a", 12_000);
    expect(await table.put(takeOver(seen, loop("m", 90_000)))).toMatchObject({ ok: false });
    expect((await row())?.loopId).toBe("l");
  });
});

describe("a token's run", () => {
  it("begins only if `start` or `restart` has made its row", async () => {
    const { table, begin } = await world();
    table.tokens.clear();
    expect(await begin(0, "a")).toMatchObject({ ok: false, refusal: "unknown" });
    expect(table.tokens.size).toBe(0);
  });

  it("continues in the next hop by one write of the hop before, and one of its own", async () => {
    const { store, begin, write, calls } = await world();
    await begin(0, "a");
    calls.length = 0;
    await store.handOff({ ...write("a", 3_000), state: "{}", stats });
    expect(calls).toEqual(["put"]);
    expect(await begin(1, "b")).toMatchObject({ ok: true, record: { hop: 1, state: "{}" } });
    expect(calls).toEqual(["put", "get", "put"]);
  });

  it("is refused by the row as it is now, and not as this process wrote it", async () => {
    const { table, begin, row } = await world();
    await begin(0, "a");
    const seen = await row();
    if (!seen) throw new Error("no row");
    await table.put(takeOver(seen, loop("m", 3_000)));
    expect(await begin(0, "twin")).toEqual({ ok: false, refusal: "unknown", record: undefined });
  });

  it("is not made in the place of another loop", async () => {
    const { store, table } = await world();
    const other = runOf({ ...event, loopId: "m" });
    const request = { run: other, nowMs: 1, startedAtMs: 1, target: "loops", event: "{}" };
    expect(await store.create(request)).toBe(false);
    expect(await store.get(other)).toBeUndefined();
    expect([...table.tokens.values()].map(({ loopId }) => loopId)).toEqual(["l"]);
  });

  it("that has ended frees its place", async () => {
    const { store, begin, write, row } = await world();
    await begin(0, "a");
    await store.finish({ ...write("a", 3_000), phase: "done", stats });
    const ended = await row();
    expect(ended && isRunning(ended)).toBe(false);
    expect(loopOf(run)).toEqual(event);
  });
});
