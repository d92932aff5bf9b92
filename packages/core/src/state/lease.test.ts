import { describe, expect, it } from "vitest";
import { runRecord, without } from "../../test/run-record.ts";
import { NO_STATS } from "../recursion/envelope.ts";
import * as lease from "./lease.ts";
import type { BeginRequest, RunRecord } from "./run-store.ts";

const free = runRecord();
const record = runRecord({
  phase: "running",
  owner: "owner-a",
  attempt: 1,
  epoch: 7,
  failures: 1,
  leaseUntilMs: 10_000,
  dueAtMs: 10_000,
});
const request: BeginRequest = {
  run: "run-1",
  hop: 4,
  owner: "owner-b",
  nowMs: 6_000,
  leaseUntilMs: 16_000,
  skewMs: 1_000,
  startedAtMs: 6_000,
  target: "another arn",
  event: '{"another":1}',
  state: '{"value":"another"}',
};
const mine = { run: "run-1", hop: 4, owner: "owner-a", epoch: 7, nowMs: 7_000 };
const atRest = (phase: RunRecord["phase"]): RunRecord =>
  without({ ...free, phase, attempt: 2 }, "dueAtMs") as RunRecord;

describe("a hop may begin", () => {
  it.each<[string, RunRecord | undefined, Partial<BeginRequest>, string | undefined]>([
    ["if it is the first of a run", undefined, { hop: 0 }, undefined],
    ["not of a run nobody knows", undefined, { hop: 4 }, "unknown"],
    ["if it was handed off", free, {}, undefined],
    ["not before it was handed off", free, { hop: 5 }, "older"],
    ["not if the next one was handed off: that hand-off may be lost", free, { hop: 3 }, "handed-off"],
    ["not if the next one runs", record, { hop: 3 }, "older"],
    ["not if the run is further on", free, { hop: 2 }, "older"],
    ["not while another has the lease", record, { nowMs: 9_999 }, "lease-live"],
    ["not within the skew of the clocks", record, { nowMs: 11_000 }, "lease-live"],
    ["if its owner must be dead", record, { nowMs: 11_001 }, undefined],
    ["if it is the owner who asks again", record, { owner: "owner-a" }, undefined],
    ...(["done", "failed", "stopped", "paused"] as const).map(
      (phase) => [`not if the run is ${phase}`, atRest(phase), {}, "over"] as const,
    ),
  ] as Array<[string, RunRecord | undefined, Partial<BeginRequest>, string | undefined]>)(
    "%s",
    (_, current, change, refusal) => {
      expect(lease.refuseBegin(current, { ...request, ...change })).toBe(refusal);
      const answer = lease.begin(current, { ...request, ...change });
      expect(answer).toMatchObject(refusal === undefined ? { ok: true } : { ok: false, refusal, record: current });
    },
  );

  it("not even the first of a run, if the record must be there", () => {
    expect(lease.refuseBegin(undefined, { ...request, hop: 0 }, { mustExist: true })).toBe("unknown");
    expect(lease.refuseBegin(free, request, { mustExist: true })).toBeUndefined();
  });

  it("and takes the lease; what the run works on stays that of its record", () => {
    expect(lease.begin({ ...free, backOffMs: 60_000 }, request)).toStrictEqual({
      ok: true,
      record: {
        ...free,
        phase: "running",
        owner: "owner-b",
        leaseUntilMs: 16_000,
        dueAtMs: 16_000,
        heartbeatAtMs: 6_000,
        attempt: 1,
        epoch: 7,
        failures: 1,
      },
    });
  });

  it("and makes a record that can begin the run again: event, the state it brought, target", () => {
    const stats = { ...NO_STATS, usedMs: 5, budget: { step: { mean: 2, dev: 1, peak: 3 } } };
    const first = { ...request, hop: 0, stats, tenantId: "blue", stateKey: "position", pinned: "7" };
    expect(lease.begin(undefined, first)).toStrictEqual({
      ok: true,
      record: {
        run: "run-1",
        hop: 0,
        attempt: 1,
        epoch: 1,
        failures: 1,
        phase: "running",
        owner: "owner-b",
        leaseUntilMs: 16_000,
        heartbeatAtMs: 6_000,
        dueAtMs: 16_000,
        startedAtMs: 6_000,
        changedAtMs: 6_000,
        target: "another arn",
        tenantId: "blue",
        stateKey: "position",
        event: '{"another":1}',
        state: '{"value":"another"}',
        pinned: "7",
        stats,
      },
    });
  });

  it("whose record was made before it: its first attempt is the first of the run", () => {
    const created = lease.create({ run: "run-1", nowMs: 5_000, startedAtMs: 5_000, target: "arn", event: "{}" });
    expect(created).toMatchObject({ hop: 0, attempt: 0, epoch: 0, phase: "handed-off", dueAtMs: 5_000 });
    const answer = lease.begin(created, { ...request, hop: 0 });
    expect(answer).toMatchObject({ ok: true, record: { attempt: 1, epoch: 1, failures: 1, event: "{}" } });
  });

  it("and counts the attempts of its hop and of the run", () => {
    const answer = lease.begin(record, { ...request, nowMs: 12_000 });
    expect(answer).toMatchObject({ ok: true, record: { attempt: 2, epoch: 8, failures: 2, owner: "owner-b" } });
  });

  it("and what its owner did since then stays, if only the answer was lost", () => {
    const answer = lease.begin(record, { ...request, owner: "owner-a" });
    expect(answer.record).toBe(record);
  });
});

/** Where the record was deleted. */
const gone = Symbol("gone");
const there = (current: RunRecord | typeof gone | undefined): RunRecord | undefined =>
  current === gone ? undefined : (current ?? record);

const writes = {
  checkpoint: (write: typeof mine, current?: RunRecord | typeof gone) =>
    lease.checkpoint(there(current), { ...write, state: "{}", stats: NO_STATS }),
  handOff: (write: typeof mine, current?: RunRecord | typeof gone) =>
    lease.handOff(there(current), { ...write, state: "{}", stats: NO_STATS }),
  release: (write: typeof mine, current?: RunRecord | typeof gone) => lease.release(there(current), write),
  finish: (write: typeof mine, current?: RunRecord | typeof gone) =>
    lease.finish(there(current), { ...write, phase: "done", stats: NO_STATS }),
};

describe("only the attempt that holds the lease writes", () => {
  it.each(["checkpoint", "handOff", "release", "finish"] as const)("%s", (line) => {
    expect(writes[line](mine)).toBeDefined();
    expect(writes[line]({ ...mine, owner: "owner-b" })).toBeUndefined();
    expect(writes[line]({ ...mine, epoch: 6 })).toBeUndefined();
    expect(writes[line](mine, { ...record, phase: "stopped" })).toBeUndefined();
    expect(writes[line](mine, free)).toBeUndefined();
    expect(writes[line](mine, gone)).toBeUndefined();
  });

  it.each(["handOff", "finish"] as const)("%s is recognised when its answer was lost and it is made again", (line) => {
    const after = writes[line](mine);
    expect(writes[line](mine, after)).toBe(after);
    expect(writes[line]({ ...mine, owner: "owner-b" }, after)).toBeUndefined();
  });

  it.each(["stop", "pause"] as const)("a hop that was asked to %s does it as it falls asleep, once", (requested) => {
    const asked = { ...record, requested } as RunRecord;
    const write = { ...mine, state: "{}", stats: NO_STATS, wakeAtMs: 90_000 };
    const rested = lease.handOff(asked, write);
    const phase = requested === "stop" ? "stopped" : "paused";
    expect(rested).toMatchObject({ phase, hop: 5, wakeAtMs: 90_000, epoch: 7, changedAtMs: 7_000 });
    expect(rested).not.toHaveProperty("requested");
    expect(rested).not.toHaveProperty("dueAtMs");
    expect(lease.handOff(rested, write)).toBe(rested);
    expect(lease.handOff(lease.resumeRecord(rested, 8_000), write)).not.toHaveProperty("requested");
  });

  it("a hand-off that is repeated after the next hop began does not disturb it", () => {
    const begun = lease.begin(writes.handOff(mine), { ...request, hop: 5 });
    if (!begun.ok) throw new Error("the next hop must begin");
    expect(writes.handOff(mine, begun.record)).toBe(begun.record);
  });

  it("an end that arrives after its attempt gave the lease back is no end", () => {
    expect(writes.finish(mine, writes.release(mine))).toBeUndefined();
  });

  it("a lease that is given back has no owner, so that nothing of its owner counts", () => {
    expect(writes.release(mine)).not.toHaveProperty("owner");
    expect(writes.checkpoint(mine, writes.release(mine))).toBeUndefined();
  });

  it("what an attempt wrote before it gave the lease back, and what arrives after it has it again, does not count", () => {
    // A `begin` that its caller gave up on arrives late, and takes the lease for an attempt that is over.
    const late = lease.begin(writes.release(mine), { ...request, owner: "owner-a", nowMs: 1 });
    expect(writes.checkpoint(mine, late.record)).toBeUndefined();
  });
});

describe("each write changes what it says, and keeps the rest", () => {
  const stats = { ...NO_STATS, steps: 9 };
  const reason = { code: "MAX_COST", message: "enough" } as const;
  const lastError = { code: "TypeError", message: "x is not a function" };
  const troubled = { ...record, failures: 5, attempt: 5, lastError };
  const over = {
    ...(without(record, "owner") as RunRecord),
    lastOwner: "owner-a",
    leaseUntilMs: 0,
    heartbeatAtMs: 7_000,
    dueAtMs: 7_000,
    stats,
  };
  const handOff = { ...mine, state: "{}", stats };
  const finish = { ...mine, phase: "done" as const, stats };
  const ended = { ...(without(over, "dueAtMs") as RunRecord), changedAtMs: 7_000 };

  it.each<[string, RunRecord | undefined, RunRecord]>([
    [
      "a checkpoint: what failed before it counts no more",
      lease.checkpoint(troubled, { ...mine, state: "{}", stats }),
      { ...record, attempt: 5, failures: 0, state: "{}", stats, heartbeatAtMs: 7_000 },
    ],
    [
      "a checkpoint that renews the lease",
      lease.checkpoint(record, { ...mine, state: "{}", stats, leaseUntilMs: 37_000 }),
      { ...record, failures: 0, state: "{}", stats, heartbeatAtMs: 7_000, leaseUntilMs: 37_000, dueAtMs: 37_000 },
    ],
    [
      "a hand-off",
      lease.handOff(troubled, handOff),
      { ...over, hop: 5, phase: "handed-off", attempt: 0, failures: 0, state: "{}" },
    ],
    [
      "a lease given back with a safe point",
      lease.release(record, { ...mine, state: "{}", failures: 0, stats, lastError }),
      { ...over, phase: "handed-off", failures: 0, state: "{}", lastError },
    ],
    [
      "a lease given back without",
      lease.release(troubled, mine),
      { ...over, phase: "handed-off", attempt: 5, failures: 5, stats: NO_STATS, lastError },
    ],
    [
      "an end",
      lease.finish(troubled, { ...finish, result: "7" }),
      { ...ended, attempt: 5, failures: 5, phase: "done", result: "7" },
    ],
    [
      "an end whose result needs the room of the state",
      lease.finish(record, { ...finish, result: "7", dropsState: true }),
      without({ ...ended, phase: "done", result: "7" }, "state") as RunRecord,
    ],
    ["an end without a result", lease.finish(record, finish), { ...ended, phase: "done" }],
    [
      "an end for a reason",
      lease.finish(troubled, { ...finish, phase: "failed", state: "{}", reason }),
      { ...ended, attempt: 5, failures: 5, phase: "failed", state: "{}", reason, lastError },
    ],
  ])("%s", (_, after, expected) => {
    expect(after).toStrictEqual(expected);
  });
});

describe("a checkpoint that arrives late", () => {
  it("after a newer one of its attempt changes nothing, and is no refusal", () => {
    const newer = { ...record, heartbeatAtMs: mine.nowMs + 1 };
    expect(writes.checkpoint(mine, newer)).toBe(newer);
  });
});

describe("a run that is asked to stop", () => {
  const asked = { ...record, requested: "stop" as const };

  it("is still asked in the next hop, and in the next attempt", () => {
    expect(writes.handOff(mine, asked)).toMatchObject({ hop: 5, requested: "stop" });
    expect(writes.release(mine, asked)).toMatchObject({ hop: 4, requested: "stop" });
  });

  it("is asked no more once it has ended, or goes on", () => {
    const stopped = lease.finish(asked, { ...mine, phase: "stopped", stats: NO_STATS });
    expect(stopped).not.toHaveProperty("requested");
    const resumed = lease.resumeRecord({ ...stopped!, requested: "stop" }, 9_000);
    expect(resumed).not.toHaveProperty("requested");
  });
});

describe("a run is resumed", () => {
  it.each(["paused", "stopped", "failed"] as const)("if it is %s: as if its hop had just been handed off", (phase) => {
    const stats = { ...NO_STATS, steps: 5, stalledHops: 3 };
    const reason = { code: "STALLED", message: "" };
    const rested = { ...atRest(phase), failures: 4, stats, reason, lastError: reason, backOffMs: 60_000 };
    expect(lease.resumeRecord(rested, 9_000)).toStrictEqual({
      ...free,
      attempt: 2,
      epoch: 7,
      heartbeatAtMs: 9_000,
      dueAtMs: 9_000,
      changedAtMs: 9_000,
      stats: { ...stats, stalledHops: 0 },
    });
  });

  it("with other limits, beside those it was given before", () => {
    const once = lease.resumeRecord(atRest("stopped"), 1, { maxHops: 20 });
    expect(once).toMatchObject({ limits: { maxHops: 20 } });
    const twice = lease.resumeRecord({ ...once!, phase: "stopped" }, 1, { maxCostUsd: 50 });
    expect(twice).toMatchObject({ limits: { maxHops: 20, maxCostUsd: 50 } });
  });

  it.each(["running", "handed-off", "done"] as const)("not if it is %s", (phase) => {
    expect(lease.resumeRecord({ ...free, phase }, 1)).toBeUndefined();
  });

  it("not if there is none", () => {
    expect(lease.resumeRecord(undefined, 1)).toBeUndefined();
  });
});

describe("the token of a run never falls and grows with each attempt", () => {
  it("through take-overs, hand-offs, failures, ends and resumptions", () => {
    const tokens: number[] = [];
    const begin = (current: RunRecord | undefined, hop: number, owner: string, nowMs: number): RunRecord => {
      const answer = lease.begin(current, { ...request, hop, owner, nowMs, leaseUntilMs: nowMs + 10 });
      if (!answer.ok) throw new Error(answer.refusal);
      tokens.push(answer.record.epoch);
      return answer.record;
    };
    const write = (current: RunRecord) => ({
      run: "run-1",
      hop: current.hop,
      owner: current.owner ?? "",
      epoch: current.epoch,
      nowMs: current.heartbeatAtMs + 1,
    });
    let now = begin(undefined, 0, "a", 0);
    now = begin(now, 0, "b", 10_000);
    now = lease.handOff(now, { ...write(now), state: "{}", stats: NO_STATS })!;
    now = begin(now, 1, "c", 20_000);
    now = lease.release(now, write(now))!;
    now = begin(now, 1, "d", 30_000);
    now = lease.finish(now, { ...write(now), phase: "stopped", stats: NO_STATS })!;
    now = lease.resumeRecord(now, 40_000)!;
    begin(now, 1, "e", 50_000);
    expect(tokens).toEqual([1, 2, 3, 4, 6]);
  });
});

describe("a sweep takes a run", () => {
  const query = { beforeMs: 20_000, nowMs: 80_000 };
  it.each<[string, RunRecord, boolean]>([
    ["whose hand-off was lost", free, true],
    ["whose owner is dead", record, true],
    ["not while its lease is live", { ...record, leaseUntilMs: 20_000, dueAtMs: 20_000 }, false],
    ["not while its event may be under way", { ...free, dueAtMs: 20_000 }, false],
    ["not if it is over", atRest("done"), false],
    ["not if it is paused", atRest("paused"), false],
  ])("%s", (_, current, isDue) => {
    expect(lease.isDue(current, query)).toBe(isDue);
    expect(lease.postpone(current, query) !== undefined).toBe(isDue);
  });

  it("later each time, as long as no hop begins: a target that takes nothing gets fewer events", () => {
    let current: RunRecord = free;
    const waits: number[] = [];
    for (let n = 0; n < 4; n++) {
      const nowMs = current.dueAtMs! + 60_000;
      const next = lease.postpone(current, { beforeMs: nowMs - 1, nowMs });
      waits.push(next!.dueAtMs! - nowMs);
      current = next!;
    }
    expect(waits).toEqual([0, 60_000, 120_000, 180_000]);
    const begun = lease.begin(current, request);
    expect(begun.record).not.toHaveProperty("backOffMs");
  });
});
