import { describe, expect, it } from "vitest";
import { NO_STATS } from "../recursion/envelope.ts";
import * as lease from "./lease.ts";
import type { BeginRequest, RunRecord } from "./run-store.ts";

const record: RunRecord = {
  run: "run-1",
  hop: 4,
  phase: "running",
  owner: "owner-a",
  leaseUntilMs: 10_000,
  heartbeatAtMs: 5_000,
  startedAtMs: 0,
  attempts: 1,
  target: "arn",
  stateKey: "state",
  event: "{}",
  state: '{"value":7}',
  stats: NO_STATS,
};
const { owner: _, ...free } = { ...record, phase: "handed-off" as const, leaseUntilMs: 0, attempts: 0 };
const request: BeginRequest = {
  run: "run-1",
  hop: 4,
  owner: "owner-b",
  nowMs: 6_000,
  leaseUntilMs: 16_000,
  skewMs: 1_000,
  startedAtMs: 6_000,
  target: "arn",
  stateKey: "state",
  event: "{}",
};
const mine = { run: "run-1", hop: 4, owner: "owner-a", nowMs: 7_000 };

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
      (phase) => [`not if the run is ${phase}`, { ...free, phase }, {}, "over"] as const,
    ),
  ] as Array<[string, RunRecord | undefined, Partial<BeginRequest>, string | undefined]>)(
    "%s",
    (_, current, change, refusal) => {
      expect(lease.refuseBegin(current, { ...request, ...change })).toBe(refusal);
      const answer = lease.begin(current, { ...request, ...change });
      expect(answer).toMatchObject(refusal === undefined ? { ok: true } : { ok: false, refusal, record: current });
    },
  );

  it("and takes the lease, going on from the record's state", () => {
    expect(lease.begin(free, request)).toEqual({
      ok: true,
      record: { ...free, phase: "running", owner: "owner-b", leaseUntilMs: 16_000, heartbeatAtMs: 6_000, attempts: 1 },
    });
  });

  it("and begins a record with what the event knows of the run, and keeps what a record has", () => {
    const stats = { ...NO_STATS, usedMs: 5, budget: { step: { mean: 2, dev: 1, peak: 3 } } };
    expect(lease.begin(undefined, { ...request, hop: 0, stats })).toMatchObject({ ok: true, record: { stats } });
    expect(lease.begin(free, { ...request, stats })).toMatchObject({ ok: true, record: { stats: NO_STATS } });
  });

  it("and counts the attempts of its hop", () => {
    const answer = lease.begin(record, { ...request, nowMs: 12_000 });
    expect(answer).toMatchObject({ ok: true, record: { attempts: 2, state: '{"value":7}', owner: "owner-b" } });
  });
});

describe("only the owner of the lease writes", () => {
  const writes = {
    checkpoint: (by: typeof mine, current = record) =>
      lease.checkpoint(current, { ...by, state: "{}", stats: NO_STATS }),
    handOff: (by: typeof mine, current = record) =>
      lease.handOff(current, { ...by, phase: "handed-off", state: "{}", stats: NO_STATS }),
    release: (by: typeof mine, current = record) =>
      lease.release(current, { ...by, state: undefined, attempts: 1, stats: NO_STATS }),
    finish: (by: typeof mine, current = record) => lease.finish(current, { ...by, phase: "done", stats: NO_STATS }),
  };
  const lines = Object.keys(writes) as Array<keyof typeof writes>;

  it.each(lines)("%s", (line) => {
    expect(writes[line](mine)).toBeDefined();
    expect(writes[line]({ ...mine, owner: "owner-b" })).toBeUndefined();
    expect(writes[line]({ ...mine, hop: 3 })).toBeUndefined();
    expect(writes[line]({ ...mine, hop: 5 })).toBeUndefined();
    expect(writes[line](mine, { ...record, phase: "stopped" })).toBeUndefined();
    expect(writes[line](mine, free)).toBeUndefined();
  });

  it.each(["handOff", "finish"] as const)("%s is recognised when its answer was lost and it is made again", (line) => {
    const after = writes[line](mine);
    expect(writes[line](mine, after)).toBe(after);
    expect(writes[line]({ ...mine, owner: "owner-b" }, after)).toBeUndefined();
  });

  it("a hand-off that is repeated after the next hop began does not disturb it", () => {
    const begun = lease.begin(writes.handOff(mine), { ...request, hop: 5 });
    if (!begun.ok) throw new Error("the next hop must begin");
    expect(writes.handOff(mine, begun.record)).toBe(begun.record);
  });
});

describe("each write changes what it says, and keeps the rest", () => {
  const stats = { ...NO_STATS, steps: 9 };
  const reason = { code: "MAX_COST", message: "enough" } as const;
  const over = { ...free, lastOwner: "owner-a", heartbeatAtMs: 7_000, stats };
  const handOff = { ...mine, phase: "handed-off" as const, state: undefined, stats };
  const finish = { ...mine, phase: "done" as const, stats };
  const release = { ...mine, state: undefined, attempts: undefined, stats: undefined };

  it.each<[string, RunRecord | undefined, RunRecord]>([
    [
      "checkpoint",
      lease.checkpoint({ ...record, attempts: 5 }, { ...mine, state: "{}", stats }),
      { ...record, state: "{}", stats, heartbeatAtMs: 7_000 },
    ],
    ["hand-off", lease.handOff(record, { ...handOff, state: "{}" }), { ...over, hop: 5, state: "{}" }],
    ["hand-off without a safe point", lease.handOff(record, handOff), { ...over, hop: 5 }],
    [
      "pause",
      lease.handOff(record, { ...handOff, phase: "paused", reason }),
      { ...over, hop: 5, phase: "paused", reason },
    ],
    [
      "release",
      lease.release(record, { ...release, state: "{}", attempts: 1, stats }),
      { ...over, state: "{}", attempts: 1 },
    ],
    [
      "release without a safe point",
      lease.release({ ...record, attempts: 5 }, release),
      { ...over, attempts: 5, stats: NO_STATS },
    ],
    ["finish", lease.finish(record, { ...finish, result: "7" }), { ...over, phase: "done", attempts: 1, result: "7" }],
    ["finish without a result", lease.finish(record, finish), { ...over, phase: "done", attempts: 1 }],
    [
      "give up",
      lease.finish(record, { ...finish, phase: "failed", state: "{}", reason }),
      { ...over, phase: "failed", attempts: 1, state: "{}", reason },
    ],
  ])("%s", (_, after, expected) => {
    expect(after).toStrictEqual(expected);
  });
});

describe("a checkpoint that arrives late", () => {
  it("after a newer one of its hop changes nothing, and is no refusal", () => {
    const newer = { ...record, heartbeatAtMs: mine.nowMs + 1 };
    expect(lease.checkpoint(newer, { ...mine, state: "{}", stats: NO_STATS })).toBe(newer);
  });
});

describe("a run that is asked to stop", () => {
  const asked = { ...record, requested: "stop" as const };

  it("is still asked in the next hop", () => {
    expect(lease.handOff(asked, { ...mine, phase: "handed-off", state: undefined, stats: NO_STATS })).toMatchObject({
      hop: 5,
      requested: "stop",
    });
  });

  it("is asked no more once it has ended, or goes on", () => {
    const stopped = lease.finish(asked, {
      ...mine,
      phase: "stopped",
      stats: NO_STATS,
      reason: { code: "STOP_REQUESTED", message: "" },
    });
    expect(stopped).not.toHaveProperty("requested");
    const resumed = lease.resume({ ...stopped!, requested: "stop" }, 9_000);
    expect(resumed).toMatchObject({ phase: "handed-off", attempts: 1, heartbeatAtMs: 9_000 });
    expect(resumed).not.toHaveProperty("requested");
    expect(resumed).not.toHaveProperty("reason");
  });
});

describe("a run is resumed", () => {
  it.each(["paused", "stopped", "failed"] as const)("if it is %s, and its stalled hops are forgiven", (phase) => {
    const stats = { ...NO_STATS, steps: 5, stalledHops: 3 };
    expect(lease.resume({ ...free, phase, stats }, 1)).toMatchObject({
      phase: "handed-off",
      stats: { steps: 5, stalledHops: 0 },
    });
  });

  it.each(["running", "handed-off", "done"] as const)("not if it is %s", (phase) => {
    expect(lease.resume({ ...free, phase }, 1)).toBeUndefined();
  });

  it("not if there is none", () => {
    expect(lease.resume(undefined, 1)).toBeUndefined();
  });
});

describe("the sweeper takes a run", () => {
  const query = { heartbeatBeforeMs: 20_000, leaseOverMs: 19_000 };
  it.each<[string, RunRecord, boolean]>([
    ["whose hand-off was lost", free, true],
    ["whose owner is dead", record, true],
    ["not while its lease is live", { ...record, leaseUntilMs: 19_000 }, false],
    ["not while its heart beats", { ...free, heartbeatAtMs: 20_000 }, false],
    ["not if it is over", { ...free, phase: "done" }, false],
    ["not if it is paused", { ...free, phase: "paused" }, false],
  ])("%s", (_, current, isStale) => {
    expect(lease.isStale(current, query)).toBe(isStale);
  });
});
