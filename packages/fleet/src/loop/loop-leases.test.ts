import type { RunStore } from "@longhaul/core";
import type { WriteAnswer } from "@longhaul/core/store";
import { describe, expect, it } from "vitest";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import { endRow, newRow, runOf } from "../tokens/token-row.ts";
import { tokenRunStore } from "../tokens/token-run-store.ts";
import { LoopLeases } from "./loop-leases.ts";

const event = { queueUrl: "q", token: "t", loopId: "l" };
const run = runOf(event);
const stats = { steps: 3, usedMs: 9, costUsd: 0.1, stalledHops: 0 };

async function world() {
  const table = memoryTokenTable();
  await table.put(newRow(event, { loopId: "l", target: "loops", nowMs: 1_000 }));
  const clock = { nowMs: 2_000 };
  const answers: (Promise<WriteAnswer> | undefined)[] = [];
  const renewals: number[] = [];
  const store: RunStore = tokenRunStore(table);
  const leases = new LoopLeases(
    {
      ...store,
      renew: (write, signal) => {
        renewals.push(write.nowMs);
        return answers.shift() ?? store.renew(write, signal);
      },
    },
    { now: () => clock.nowMs },
  );
  await leases.store.begin({
    run,
    hop: 0,
    owner: "a",
    nowMs: 2_000,
    leaseUntilMs: 32_000,
    skewMs: 1_000,
    startedAtMs: 2_000,
    target: "arn",
    event: JSON.stringify(event),
  });
  const write = (nowMs: number, owner = "a") => ({ run, hop: 0, owner, epoch: 1, nowMs });
  const renew = (nowMs: number, owner = "a") =>
    leases.store.renew({ ...write(nowMs, owner), leaseUntilMs: nowMs + 30_000 });
  const end = async () => {
    const row = await table.get(event);
    if (row) await table.put(endRow(row, 3_000));
  };
  return { table, leases, clock, write, renew, renewals, answers, end };
}

describe("how long no other loop may take the place", () => {
  it("counts from the last heartbeat that is in the table", async () => {
    const { leases, clock, renew, answers } = await world();
    expect(leases.of(run)?.safeMs).toBe(30_000);
    clock.nowMs = 12_000;
    await renew(12_000);
    expect(leases.of(run)?.safeMs).toBe(30_000);
    clock.nowMs = 22_000;
    answers.push(Promise.reject(new Error("silent")));
    await expect(renew(22_000)).rejects.toThrow("silent");
    expect(leases.of(run)?.safeMs).toBe(20_000);
  });

  it("counts from when a heartbeat was begun, since that is what it writes", async () => {
    const { leases, clock, renew } = await world();
    clock.nowMs = 15_000;
    await renew(12_000);
    expect(leases.of(run)?.safeMs).toBe(27_000);
  });
});

describe("a loop whose row is lost", () => {
  it("is told so, and not stopped: it completes the messages it has", async () => {
    const { leases, renew, end } = await world();
    const lease = leases.of(run);
    await end();
    expect(await renew(12_000)).toEqual({ ok: true, requested: undefined });
    expect(lease?.lost.aborted).toBe(true);
  });

  it("writes no heartbeat any more, and its end is refused", async () => {
    const { leases, write, renew, renewals, end } = await world();
    await end();
    await renew(12_000);
    await renew(22_000);
    expect(renewals).toEqual([12_000]);
    expect(await leases.store.finish({ ...write(23_000), phase: "done", stats })).toMatchObject({ ok: false });
  });

  it("by a request to stop, it ends in the same way", async () => {
    const { leases, renew } = await world();
    const lease = leases.of(run);
    await leases.store.request(run, "stop", Date.now());
    await renew(12_000);
    expect(lease?.lost.aborted).toBe(true);
  });
});

describe("a lease", () => {
  it("is over with its hop", async () => {
    const { leases, write } = await world();
    await leases.store.handOff({ ...write(3_000), state: "{}", stats });
    expect(leases.of(run)).toBeUndefined();
  });

  it("is not touched by the writes of another invocation", async () => {
    const { leases, write, renew } = await world();
    expect(await renew(12_000, "twin")).toMatchObject({ ok: false });
    expect(await leases.store.finish({ ...write(3_000, "twin"), phase: "done", stats })).toMatchObject({ ok: false });
    expect(leases.of(run)?.lost.aborted).toBe(false);
  });
});
