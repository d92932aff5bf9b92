import { describe, expect, it } from "vitest";
import { faultyStore } from "../test/faulty-store.ts";
import { idle } from "../test/manual-host.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { sleep } from "./host.ts";
import { memoryRunStore, recursive } from "./index.ts";
import type { RunRecord } from "./store.ts";

const lease = { heartbeatMs: 1_000 };
const timeoutMs = 900_000;

describe("a lease kept by heartbeats", () => {
  it("lasts three heartbeats, and is renewed beside a step however long that takes", async () => {
    const records = new Map<string, RunRecord>();
    const store = memoryRunStore(records);
    const left: number[] = [];
    const { invoke, host } = workingRun({
      ...{ store, lease, timeoutMs, time: { stepTimeoutMs: 60_000 } },
      async onItem() {
        for (let second = 0; second < 10; second++) {
          await sleep(host, 1_000);
          left.push((records.get("run-1")?.leaseUntilMs ?? 0) - host.nowMs);
        }
      },
    });
    expect(await invoke({ upTo: 2 })).toMatchObject({ status: "done" });
    expect(Math.min(...left)).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...left)).toBeLessThanOrEqual(3_000);
    expect(host.waiting).toBe(0);
  });

  it("never lasts longer than its invocation", async () => {
    const records = new Map<string, RunRecord>();
    const { invoke, host } = workingRun({
      ...{ store: memoryRunStore(records), lease, timeoutMs: 10_000, time: { stepTimeoutMs: 5_000 } },
      onItem: () => expect(records.get("run-1")?.leaseUntilMs).toBeLessThanOrEqual(endMs),
    });
    const endMs = host.nowMs + 10_000;
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "continued" });
  });

  it("nor where the platform does not end it, and the work saves its last state without an end", async () => {
    const records = new Map<string, RunRecord>();
    const { begin, host } = workingRun({
      ...{ store: memoryRunStore(records), lease, timeoutMs: 10_000, time: { stepTimeoutMs: 5_000 } },
      onItem: (_, { onPersist }) =>
        onPersist((state, reason) => (reason === "handoff" ? new Promise(() => {}) : state)),
    });
    const endMs = host.nowMs + 10_000;
    void begin({ upTo: 40 });
    for (let second = 0; second < 60; second++) {
      host.advance(1_000);
      await idle();
    }
    expect(records.get("run-1")).toMatchObject({ phase: "running", leaseUntilMs: endMs });
  });

  it("is lost by a process that died: the next attempt begins after three heartbeats and the skew", async () => {
    const store = memoryRunStore();
    const dead = workingRun({ store, lease, timeoutMs, time: { stepTimeoutMs: 60_000 } });
    void dead.begin({ upTo: 9 });
    await idle();
    const second = workingRun({
      advanced: { host: dead.host },
      store,
      lease,
      timeoutMs,
      time: { stepTimeoutMs: 60_000 },
    });
    // Its timers do not fire, as if it were gone.
    dead.host.nowMs += 4_000;
    expect(await second.begin({ upTo: 9 })).toMatchObject({ status: "duplicate", refusal: "lease-live" });
    dead.host.nowMs += 1;
    void second.begin({ upTo: 9 });
    await idle();
    expect(await store.get("run-1")).toMatchObject({ attempt: 2, phase: "running" });
  });

  it("ends the work of a process that stood still while another took over, before its next step", async () => {
    const store = memoryRunStore();
    const { begin, host, items, events } = workingRun({ store, lease, timeoutMs, time: { stepTimeoutMs: 600_000 } });
    const stalled = begin({ upTo: 9 });
    await idle();
    const { owner: _, ...record } = (await store.get("run-1")) as RunRecord;
    const taking = { ...record, hop: 0, owner: "another", nowMs: host.nowMs + 10_000, skewMs: 1_000 };
    await store.begin({ ...taking, leaseUntilMs: host.nowMs + 900_000 });
    host.block(10_000);
    expect(await host.until(stalled)).toMatchObject({ status: "duplicate", refusal: "fenced" });
    expect(items).toEqual([0]);
    expect(events.filter(({ type }) => type === "handoff" || type === "done")).toEqual([]);
    expect(await store.get("run-1")).toMatchObject({ owner: "another", phase: "running" });
  });

  it("aborts a step as soon as a renewal is refused", async () => {
    const store = memoryRunStore();
    const reasons: unknown[] = [];
    const run = workingRun({
      ...{ store, lease, timeoutMs, time: { stepTimeoutMs: 600_000 } },
      onItem: (_, { signal }) =>
        new Promise((__, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push([signal.reason.code, run.host.nowMs]);
            reject(signal.reason);
          });
        }),
    });
    const beganMs = run.host.nowMs;
    const ended = run.begin({ upTo: 9 });
    await idle();
    const { owner: _, ...record } = (await store.get("run-1")) as RunRecord;
    await store.begin({ ...record, hop: 0, owner: "another", nowMs: 1e10, skewMs: 0, leaseUntilMs: 2e10 });
    expect(await run.host.until(ended)).toMatchObject({ status: "duplicate" });
    expect(reasons).toEqual([["FENCED", beganMs + 1_000]]);
  });

  it("waits for the store before the next step, where that does not answer for longer than the lease", async () => {
    const records = new Map<string, RunRecord>();
    let isSilent = false;
    const store = faultyStore(memoryRunStore(records), (operation) =>
      isSilent && operation !== "begin" ? "hangs" : undefined,
    );
    const { invoke, host, items } = workingRun({
      ...{ store, lease, timeoutMs, time: { stepTimeoutMs: 60_000 } },
      onItem(at) {
        if (at !== 3) return;
        isSilent = true;
        host.timer(30_000, () => {
          isSilent = false;
        });
      },
    });
    const beganMs = host.nowMs;
    expect(await invoke({ upTo: 6 })).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 6));
    expect(host.nowMs - beganMs).toBeGreaterThan(30_000);
  });

  it("is written by one write at a time, so that no renewal overtakes a checkpoint", async () => {
    const inner = memoryRunStore();
    let underWay = 0;
    let most = 0;
    const slow =
      <Write, Answer>(write: (request: Write) => Promise<Answer>) =>
      async (request: Write) => {
        most = Math.max(most, ++underWay);
        await sleep(run.host, 200);
        underWay--;
        return write(request);
      };
    const store = {
      ...inner,
      renew: slow(inner.renew),
      checkpoint: slow(inner.checkpoint),
      handOff: slow(inner.handOff),
    };
    const run = workingRun({
      store,
      lease: { heartbeatMs: 700 },
      time: { checkpointEveryMs: 1, stepTimeoutMs: 9_000 },
      timeoutMs: 60_000,
    });
    expect(await run.invoke({ upTo: 99 })).toMatchObject({ status: "continued" });
    expect(most).toBe(1);
  });

  it("fails the invocation when the record vanishes: gone is an error, and no duplicate", async () => {
    const records = new Map<string, RunRecord>();
    const { invoke } = workingRun({
      ...{ store: memoryRunStore(records), lease, timeoutMs, time: { stepTimeoutMs: 60_000 } },
      onItem: () => void records.clear(),
    });
    await expect(invoke({ upTo: 9 })).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  });

  it("ends quietly when the record vanishes and the store says that this is the end", async () => {
    const records = new Map<string, RunRecord>();
    const { invoke } = workingRun({
      ...{ store: memoryRunStore(records, { onMissing: "end" }), lease, timeoutMs, time: { stepTimeoutMs: 60_000 } },
      onItem: () => void records.clear(),
    });
    expect(await invoke({ upTo: 9 })).toMatchObject({ status: "duplicate", refusal: "fenced" });
  });
});

describe("recursive() refuses a lease that cannot work", () => {
  const work = { start: () => 0, async *run() {} };
  const store = memoryRunStore();
  it.each<[string, object, RegExp]>([
    ["heartbeats without a store", { lease, time: { stepTimeoutMs: 1_000 } }, /needs a store/],
    ["heartbeats without stepTimeoutMs", { lease, store }, /needs time.stepTimeoutMs/],
    [
      "a heartbeat of 0",
      { lease: { heartbeatMs: 0 }, store, time: { stepTimeoutMs: 1_000 } },
      /lease.heartbeatMs must be/,
    ],
    ["another name", { lease: "forever", store }, /lease must be "invocation" or/],
    ["a step of no time", { time: { stepTimeoutMs: 0 } }, /stepTimeoutMs must be/],
  ])("%s", (_, options, message) => {
    expect(() => recursive({ ...work, ...options })).toThrow(message);
  });
});

describe("a step that takes longer than stepTimeoutMs", () => {
  const handOffs = (run: ReturnType<typeof workingRun>) => run.events.filter(({ type }) => type === "handoff");

  it("is aborted, and the run goes on from the last safe point in the next hop", async () => {
    const reasons: unknown[] = [];
    const run = workingRun({
      ...{ timeoutMs: 900_000, time: { stepTimeoutMs: 5_000 } },
      onItem: (at, { run: { hop }, signal }) =>
        at === 3 && hop === 0
          ? new Promise((_, reject) => {
              signal.addEventListener("abort", () => {
                reasons.push(signal.reason.code);
                reject(signal.reason);
              });
            })
          : undefined,
    });
    const beganMs = run.host.nowMs;
    expect(await run.invoke({ upTo: 9 })).toMatchObject({ status: "continued", message: "to be continued from [3]" });
    expect(reasons).toEqual(["STEP_TIMEOUT"]);
    expect(run.host.nowMs - beganMs).toBe(3_000 + 5_000);
    expect(handOffs(run)).toMatchObject([{ cause: "step-timeout" }]);
    expect(await run.invoke(run.sent[0]?.event ?? {})).toMatchObject({ status: "done" });
  });

  it("is abandoned if it ignores its signal", async () => {
    const run = workingRun({
      ...{ timeoutMs: 900_000, time: { stepTimeoutMs: 5_000 } },
      onItem: (at) => (at === 3 ? new Promise<void>(() => {}) : undefined),
    });
    const beganMs = run.host.nowMs;
    expect(await run.invoke({ upTo: 9 })).toMatchObject({ status: "continued" });
    expect(run.host.nowMs - beganMs).toBe(3_000 + 5_000 + 250);
    expect(run.host.waiting).toBe(0);
  });

  it("is measured for each step, and not for the hop", async () => {
    const run = workingRun({ timeoutMs: 900_000, time: { stepTimeoutMs: 1_500 } });
    expect(await run.invoke({ upTo: 100 })).toMatchObject({ status: "done" });
  });

  it("pauses the run as stalled when it never ends", async () => {
    const run = workingRun({
      ...{ timeoutMs: 900_000, time: { stepTimeoutMs: 5_000 } },
      onItem: () => new Promise<void>(() => {}),
    });
    expect(await run.follow({ upTo: 9 })).toMatchObject({ status: "paused", reason: { code: "STALLED" } });
  });
});
