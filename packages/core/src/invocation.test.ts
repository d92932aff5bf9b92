import { describe, expect, it } from "vitest";
import { idle } from "../test/manual-host.ts";
import { type Count, itemsFrom, type WorkingRun, workingRun } from "../test/working-run.ts";
import { sweep } from "./client.ts";
import { sleep } from "./host.ts";
import { callerDriver, type RunContext } from "./index.ts";
import { eventOfRecord } from "./recursion/event-of-record.ts";

describe("a run in a store goes through its hops", () => {
  it("each item once, in one record", async () => {
    const { follow, items, store } = workingRun();
    expect(await follow({ upTo: 40 })).toMatchObject({
      status: "done",
      run: "run-1",
      message: "all done",
      result: "all of it",
    });
    expect(items).toEqual(itemsFrom(0, 40));
    expect(await store.get("run-1")).toMatchObject({ phase: "done", result: '"all of it"', stats: { steps: 40 } });
  });

  it("each hop with one successor, and nothing after it", async () => {
    const { invoke, sent, host, items } = workingRun();
    await invoke({ upTo: 40 });
    const before = items.length;
    await idle();
    expect(sent).toHaveLength(1);
    expect(host.waiting).toBe(0);
    host.advance(60_000);
    await idle();
    expect(items).toHaveLength(before);
    expect(sent).toHaveLength(1);
  });
});

describe("a duplicate of an event does no work", () => {
  it("while the hop runs", async () => {
    const { host, begin, items, sent } = workingRun();
    const outcomes = await host.until(Promise.all([begin({ upTo: 5 }), begin({ upTo: 5 }), begin({ upTo: 5 })]));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["done", "duplicate", "duplicate"]);
    expect(outcomes.find(({ status }) => status === "duplicate")).toMatchObject({ refusal: "lease-live" });
    expect(items).toEqual(itemsFrom(0, 5));
    expect(sent).toHaveLength(0);
  });

  it("after the run has gone on", async () => {
    const { invoke, sent, items } = workingRun();
    await invoke({ upTo: 40 });
    await invoke(sent[0]!.event);
    const before = [...items];
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "duplicate", refusal: "older" });
    expect(items).toEqual(before);
  });

  it("after the run is over", async () => {
    const { invoke, follow, items } = workingRun();
    await follow({ upTo: 5 });
    expect(await invoke({ upTo: 5 })).toMatchObject({ status: "duplicate", refusal: "over" });
    expect(items).toEqual(itemsFrom(0, 5));
  });

  it("after the run is done, told of its result if the caller is to invoke again", async () => {
    const { follow, invoke, items } = workingRun({ driver: callerDriver() });
    await follow({ upTo: 5 });
    expect(await invoke({ upTo: 5 })).toMatchObject({ status: "done", run: "run-1", hop: 0, result: "all of it" });
    expect(items).toEqual(itemsFrom(0, 5));
  });

  it("of a run nobody knows any more: that is an error", async () => {
    const { invoke, sent } = workingRun();
    await invoke({ upTo: 40 });
    const another = workingRun();
    await expect(another.invoke(sent[0]!.event)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect(another.items).toEqual([]);
  });
});

describe("a lost hand-off is found", () => {
  it("by the event that comes again: it sends the next one again", async () => {
    const { invoke, sent, items } = workingRun();
    await invoke({ upTo: 40 });
    const before = items.length;
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "duplicate", refusal: "handed-off" });
    expect(items).toHaveLength(before);
    expect(sent).toHaveLength(2);
    expect(sent[1]!.event).toEqual(sent[0]!.event);
    expect(sent[1]).toMatchObject({ run: "run-1", hop: 1, target: sent[0]!.target });
  });

  it("by a caller that asks again: it gets the continuation again", async () => {
    const { invoke, items } = workingRun({ driver: callerDriver() });
    const first = await invoke({ upTo: 40 });
    const done = [...items];
    const continuation = first.status === "continued" ? first.continuation : undefined;
    expect(continuation).toMatchObject({ position: done.length });
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "continued", hop: 0, continuation });
    expect(items).toEqual(done);
  });

  it("by a caller that asks with an older event, too: it is led to where the run is", async () => {
    const { invoke } = workingRun({ driver: callerDriver() });
    let latest = await invoke({ upTo: 60 });
    for (let hop = 1; hop <= 2; hop++) {
      if (latest.status !== "continued") throw new Error("it must go on");
      latest = await invoke(latest.continuation ?? {});
    }
    const continuation = latest.status === "continued" ? latest.continuation : undefined;
    expect(continuation).toMatchObject({ longhaul: { hop: 3 } });
    expect(await invoke({ upTo: 60 })).toMatchObject({ status: "continued", hop: 0, continuation });
  });

  it("by the sweeper, and the run ends as if nothing had been", async () => {
    const { invoke, follow, sent, store, host, items } = workingRun();
    await invoke({ upTo: 40 });
    sent.length = 0;
    host.advance(60_001);
    const driver = {
      name: "test",
      maxBytes: 1e6,
      send: async (message: (typeof sent)[number]) => void sent.push(message),
    };
    expect(await host.until(sweep({ store, driver, host }))).toMatchObject({ sent: 1 });
    expect(await follow(sent.shift()!.event)).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 40));
  });

  it("by the platform's retry, where it could not be made: the invocation fails", async () => {
    let isDown = true;
    const sent: object[] = [];
    const send = async ({ event }: { event: object }) => {
      if (isDown) throw Object.assign(new Error("denied"), { $metadata: { httpStatusCode: 403 } });
      sent.push(event);
    };
    const { invoke, store } = workingRun({ driver: { name: "test", maxBytes: 1e6, send } });
    await expect(invoke({ upTo: 40 })).rejects.toMatchObject({ code: "HAND_OFF" });
    expect(await store.get("run-1")).toMatchObject({ phase: "handed-off", hop: 1 });
    isDown = false;
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "duplicate", refusal: "handed-off" });
    expect(sent).toMatchObject([{ longhaul: { hop: 1 } }]);
  });
});

describe("a hop that fails gives its lease back", () => {
  it("with its last safe point, so that the retry goes on from there at once", async () => {
    const attempts: number[] = [];
    const { invoke, follow, items, store } = workingRun({
      onItem(item, { run }) {
        attempts.push(run.attempt);
        if (item === 3 && run.attempt === 1) throw new Error("boom");
      },
    });
    await expect(invoke({ upTo: 5 })).rejects.toThrow("boom");
    expect(await store.get("run-1")).toMatchObject({
      phase: "handed-off",
      hop: 0,
      state: '{"value":3}',
      leaseUntilMs: 0,
    });
    expect(await follow({ upTo: 5 })).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 5));
    expect(attempts).toEqual([1, 1, 1, 1, 2, 2]);
    expect(await store.get("run-1")).toMatchObject({ phase: "done", stats: { steps: 5 } });
  });

  it("which is newer than the state of the event that comes again", async () => {
    let failures = 0;
    const run = workingRun({
      onItem(item) {
        if (item === 12 && failures++ === 0) throw new Error("boom");
      },
    });
    await run.invoke({ upTo: 20 });
    const second = run.sent.shift()!.event;
    await expect(run.invoke(second)).rejects.toThrow("boom");
    expect(await run.store.get("run-1")).toMatchObject({ hop: 1, state: '{"value":12}' });
    expect(await run.follow(second)).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 20));
  });

  it("or with none, if it came to no safe point: it begins where it began", async () => {
    let failures = 0;
    const run = workingRun({
      onItem(item) {
        if (item === 0 && failures++ === 0) throw new Error("boom");
      },
    });
    await expect(run.invoke({ upTo: 3 })).rejects.toThrow("boom");
    const record = (await run.store.get("run-1"))!;
    expect(record).not.toHaveProperty("state");
    // It cost something all the same.
    expect(record.stats).toMatchObject({ steps: 0, usedMs: 1_000, stalledHops: 0 });
    expect(record.stats.costUsd).toBeGreaterThan(0);
    expect(await run.follow(eventOfRecord(record).event)).toMatchObject({ status: "done", hop: 0 });
    expect(run.items).toEqual(itemsFrom(0, 3));
  });

  it("and one that fails in the same place each time is given up", async () => {
    const { invoke, store, items } = workingRun({
      guards: { maxAttempts: 3 },
      onItem(item) {
        if (item === 2) throw new Error("boom");
      },
    });
    // The first attempt made two safe points; three more make none.
    for (let i = 0; i < 4; i++) await expect(invoke({ upTo: 5 })).rejects.toThrow("boom");
    const reason = { code: "MAX_ATTEMPTS", message: expect.stringContaining("The last error: Error: boom") };
    expect(await invoke({ upTo: 5 })).toMatchObject({ status: "failed", reason });
    expect(await store.get("run-1")).toMatchObject({
      phase: "failed",
      state: '{"value":2}',
      reason,
      lastError: { code: "Error", message: "boom" },
    });
    expect(items).toEqual([0, 1]);
  });
});

/** Lets a process do so many seconds of work, and then leaves it as it is. */
async function work({ host }: WorkingRun, seconds: number) {
  for (let i = 0; i < seconds; i++) {
    await idle();
    host.advance(1_000);
  }
  await idle();
}

describe("a hop whose process dies keeps its lease until Lambda would have killed it", () => {
  it("then a retry takes over from the last checkpoint", async () => {
    const dead = workingRun({ time: { checkpointEveryMs: 2_000 } });
    void dead.begin({ upTo: 8 });
    await work(dead, 5);
    expect(dead.items).toEqual(itemsFrom(0, 5));
    const { host, invoke, follow, items } = workingRun({ store: dead.store });
    host.nowMs = dead.host.nowMs;
    expect(await invoke({ upTo: 8 })).toMatchObject({ status: "duplicate", refusal: "lease-live" });
    host.advance(6_000); // the 10 s it had, and 1 s of skew
    expect(await invoke({ upTo: 8 })).toMatchObject({ status: "duplicate", refusal: "lease-live" });
    host.advance(1);
    expect(await follow({ upTo: 8 })).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(4, 8)); // the last 2 s again, no more
  });
});

describe("an owner that lives on after its lease", () => {
  it("is refused at its next checkpoint, and hands nothing off", async () => {
    const fences: RunContext<Count>["run"]["fence"][] = [];
    const zombie = workingRun({
      time: { checkpointEveryMs: 2_000 },
      onItem: (_, { run }) => void fences.push(run.fence),
    });
    const ending = zombie.begin({ upTo: 30 });
    await work(zombie, 3);
    // Its machine is paused, and its clock with it.
    const taker = workingRun({ store: zombie.store });
    taker.host.nowMs = zombie.host.nowMs + 20_000;
    expect(await taker.invoke({ upTo: 30 })).toMatchObject({ status: "continued", hop: 0 });
    const record = await zombie.store.get("run-1");
    expect(fences[0]?.isLive).toBe(true);
    expect(await zombie.host.until(ending)).toMatchObject({ status: "duplicate", refusal: "fenced" });
    expect(zombie.sent).toEqual([]);
    expect(await zombie.store.get("run-1")).toEqual(record);
    expect(fences[0]).toMatchObject({ isLive: false, token: 1 });
    expect(record?.epoch).toBe(2);
    expect(() => fences[0]?.assert()).toThrow(expect.objectContaining({ code: "FENCED" }));
  });

  it("runs its finally blocks, so that nothing is left open", async () => {
    const log: string[] = [];
    const zombie = workingRun({
      time: { checkpointEveryMs: 2_000 },
      async *run(position) {
        try {
          for (let at = position; ; at++) {
            await sleep(zombie.host, 1_000);
            yield at + 1;
          }
        } finally {
          log.push("closed");
        }
      },
    });
    const ending = zombie.begin({ upTo: 30 });
    await work(zombie, 1);
    const taker = workingRun({ store: zombie.store });
    taker.host.nowMs = zombie.host.nowMs + 20_000;
    await taker.invoke({ upTo: 30 });
    expect(await zombie.host.until(ending)).toMatchObject({ refusal: "fenced" });
    expect(log).toEqual(["closed"]);
  });

  it("cannot finish the run either", async () => {
    const { host, begin, store } = workingRun({ time: { checkpointEveryMs: 60_000 } });
    const zombie = begin({ upTo: 3 }, { getRemainingTimeInMillis: () => 5_000 });
    await idle();
    const record = (await store.get("run-1"))!;
    host.nowMs += 20_000;
    const request = { ...record, owner: "another", nowMs: host.nowMs, leaseUntilMs: host.nowMs + 1e6, skewMs: 0 };
    expect(await store.begin(request)).toMatchObject({ ok: true });
    expect(await host.until(zombie)).toMatchObject({ status: "duplicate", refusal: "fenced" });
    expect(await store.get("run-1")).toMatchObject({ phase: "running", owner: "another" });
  });
});

describe("a run does what is asked of it, at its next safe point", () => {
  it.each([
    { requested: "stop", phase: "stopped", code: "STOP_REQUESTED" },
    { requested: "pause", phase: "paused", code: "PAUSE_REQUESTED" },
  ] as const)("$requested, and goes on when it is resumed", async ({ requested, phase, code }) => {
    const run = workingRun({
      time: { checkpointEveryMs: 1_000 },
      async onItem(item, { run: { hop } }) {
        if (item === 2 && hop === 0) await run.store.request("run-1", requested, run.host.nowMs);
      },
    });
    const { store, follow, items, host } = run;
    expect(await follow({ upTo: 6 })).toMatchObject({ status: phase, reason: { code } });
    expect(items.length).toBeLessThanOrEqual(4);
    expect(await store.get("run-1")).toMatchObject({ phase, reason: { code } });
    expect(await store.get("run-1")).not.toHaveProperty("requested");
    const resumed = await store.resume("run-1", host.nowMs);
    const before = items.length;
    expect(await follow(eventOfRecord(resumed!).event)).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 6));
    expect(before).toBeLessThan(6);
  });

  it("and once it is resumed, its record counts: not the state of an event that is still under way", async () => {
    const run = workingRun({ time: { checkpointEveryMs: 1_000 } });
    const old = { upTo: 8, position: 0 };
    const running = run.begin(old);
    await work(run, 3);
    await run.store.request("run-1", "pause", run.host.nowMs);
    await run.host.until(running);
    const { event } = run.sent.shift()!;
    expect(await run.invoke(event)).toMatchObject({ status: "paused", reason: { code: "PAUSE_REQUESTED" } });
    await run.store.resume("run-1", run.host.nowMs);
    expect(await run.follow({ ...event, position: 0 })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 8));
  });

  it("but not once it is over", async () => {
    const { follow, store, host } = workingRun();
    await follow({ upTo: 3 });
    expect(await store.request("run-1", "stop", host.nowMs)).toBe(false);
  });
});
