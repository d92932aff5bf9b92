import { describe, expect, it } from "vitest";
import { invocation, manualHost, runToEnd } from "../test/manual-host.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { callerDriver, RunStoppedError, recursive } from "./index.ts";

describe("a guard ends a run, with a named reason and a final record", () => {
  it.each([
    { guards: { maxHops: 2 }, code: "MAX_HOPS", phase: "stopped" },
    { guards: { maxDurationMs: 12_000 }, code: "MAX_DURATION", phase: "stopped" },
    { guards: { maxCostUsd: 0.00025 }, code: "MAX_COST", phase: "stopped" },
  ])("$code", async ({ guards, code, phase }) => {
    const { follow, store, items, events } = workingRun({ guards });
    const outcome = await follow({ upTo: 1_000 });
    expect(outcome).toMatchObject({
      status: "stopped",
      reason: { code, message: expect.stringContaining(Object.keys(guards)[0]!) },
    });
    expect(await store.get("run-1")).toMatchObject({ phase, reason: { code }, state: `{"value":${items.length}}` });
    expect(items).toEqual(itemsFrom(0, items.length));
    expect(items.length).toBeGreaterThan(0);
    expect(events.at(-1)).toMatchObject({ type: "stopped", code });
  });

  it("in the middle of a long hop, at the next checkpoint", async () => {
    const { follow, items } = workingRun({
      guards: { maxDurationMs: 20_000 },
      timeoutMs: 900_000,
      time: { checkpointEveryMs: 5_000 },
    });
    expect(await follow({ upTo: 1_000 })).toMatchObject({ status: "stopped", reason: { code: "MAX_DURATION" } });
    expect(items).toHaveLength(20);
  });

  it("and fails the invocation where there is no record to keep the state: the event goes to the DLQ", async () => {
    const { follow, sent, events } = workingRun({ guards: { maxHops: 2 }, store: undefined });
    const stopping = follow({ upTo: 1_000 });
    await expect(stopping).rejects.toBeInstanceOf(RunStoppedError);
    await expect(stopping).rejects.toMatchObject({
      code: "MAX_HOPS",
      reason: { code: "MAX_HOPS" },
      message: expect.stringContaining("Run run-1 was stopped"),
    });
    expect(sent).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: "error", code: "MAX_HOPS" });
  });

  it("and is told to a caller, who has the event", async () => {
    const { invoke } = workingRun({ guards: { maxHops: 1 }, store: undefined, driver: callerDriver() });
    const first = await invoke({ upTo: 1_000 });
    const next = first.status === "continued" ? first.continuation! : {};
    expect(await invoke(next)).toMatchObject({ status: "stopped", reason: { code: "MAX_HOPS" } });
  });
});

describe("the kill switch ends every run", () => {
  it("by the environment", async () => {
    const { follow, host, items, store } = workingRun();
    host.environment.LONGHAUL_KILL_SWITCH = "on";
    expect(await follow({ upTo: 5 })).toMatchObject({ status: "stopped", reason: { code: "KILL_SWITCH" } });
    expect(items).toEqual([]);
    expect(await store.get("run-1")).toMatchObject({ phase: "stopped" });
  });

  it("by a question of one's own, also while it runs", async () => {
    let isKilled = false;
    const { follow, items } = workingRun({
      time: { checkpointEveryMs: 1_000 },
      guards: { isKilled: async () => isKilled },
      onItem(item) {
        isKilled = item === 3;
      },
    });
    expect(await follow({ upTo: 1_000 })).toMatchObject({ status: "stopped", reason: { code: "KILL_SWITCH" } });
    expect(items).toEqual(itemsFrom(0, 4));
  });

  it("and fails the hop if it cannot be asked, rather than going on blindly", async () => {
    const { invoke, items } = workingRun({ guards: { isKilled: () => Promise.reject(new Error("no answer")) } });
    await expect(invoke({ upTo: 5 })).rejects.toThrow("no answer");
    expect(items).toEqual([]);
  });
});

describe("a run that does not move is parked", () => {
  it("after three hops without a safe point, and goes on once resumed", async () => {
    let isStuck = true;
    const { follow, store, host, items } = workingRun({
      onItem: (item) => (item === 5 && isStuck ? new Promise(() => {}) : undefined),
    });
    const outcome = await follow({ upTo: 10 });
    expect(outcome).toMatchObject({
      status: "paused",
      hop: 4,
      reason: { code: "STALLED", message: expect.stringContaining("no new safe point in 3 hop(s)") },
    });
    expect(await store.get("run-1")).toMatchObject({ phase: "paused", state: '{"value":5}' });
    isStuck = false;
    const record = await store.resume("run-1", host.nowMs);
    const event = {
      upTo: 10,
      position: 5,
      longhaul: { v: 1, run: "run-1", hop: record!.hop, startedAt: 0, stats: record!.stats },
    };
    expect(await follow(event)).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 10));
  });

  const still = (isSameStateProgress: boolean) => {
    const host = manualHost();
    const handler = recursive<object, { token: string }>({
      advanced: { host },
      driver: callerDriver(),
      time: { reserveMs: 1_000 },
      guards: { isSameStateProgress, maxHops: 10 },
      start: () => ({ token: "same" }),
      *run(state) {
        for (;;) {
          host.advance(1_000);
          yield { ...state };
        }
      },
    });
    return runToEnd(handler, host, {}, 10_000);
  };

  it("at once, when it hands off the very state it began with", async () => {
    const outcomes = await still(false);
    expect(outcomes.at(-1)).toMatchObject({ status: "paused", reason: { code: "STALLED" } });
    expect(outcomes).toHaveLength(3); // the first hop begins it, the second hands the same on, the third is not begun
  });

  it("unless that is what it does, such as a polling loop", async () => {
    expect((await still(true)).at(-1)).toMatchObject({ status: "stopped", reason: { code: "MAX_HOPS" } });
  });
});

describe("loop detection is named before the platform drops the event", () => {
  const trace = (depth: number) => `Root=1-5f84c7a1-11223344;Lineage=a87bd80c:${depth}`;

  it("by parking the run, which goes on once the function allows it", async () => {
    const { invoke, host, store } = workingRun();
    host.environment._X_AMZN_TRACE_ID = trace(15);
    expect(await invoke({ upTo: 5 })).toMatchObject({ status: "paused", reason: { code: "LOOP_DETECTION" } });
    expect(await store.get("run-1")).toMatchObject({ phase: "paused" });
    const resumed = await store.resume("run-1", host.nowMs);
    expect(resumed).toMatchObject({ phase: "handed-off", hop: 0 });
    host.environment._X_AMZN_TRACE_ID = trace(1);
    expect(await invoke({ upTo: 5 })).toMatchObject({ status: "done" });
  });

  it("unless it is allowed", async () => {
    const host = manualHost();
    host.environment.LONGHAUL_RECURSIVE_LOOP = "Allow";
    host.environment._X_AMZN_TRACE_ID = trace(16);
    expect(await workingRun({ advanced: { host } }).invoke({ upTo: 5 })).toMatchObject({ status: "done" });
  });
});

describe("a run stays on the function version it began on, if it is pinned", () => {
  it("by invoking that version", async () => {
    const { invoke, sent, store } = workingRun({ version: "pin" });
    await invoke({ upTo: 40 }, { functionVersion: "7" });
    expect(sent[0]).toMatchObject({
      target: "arn:aws:lambda:us-east-1:000000000000:function:work:7",
      event: { longhaul: { pinned: "7" } },
    });
    expect(await store.get("run-1")).toMatchObject({ pinned: "7", target: expect.stringMatching(/:7$/) });
    await invoke(sent[0]!.event, { functionVersion: "7" });
    expect(sent[1]).toMatchObject({ target: expect.stringMatching(/:7$/), event: { longhaul: { pinned: "7" } } });
  });

  it("and is parked where another version gets its event", async () => {
    const { invoke, sent, store, items } = workingRun({ version: "pin" });
    await invoke({ upTo: 40 }, { functionVersion: "7" });
    const before = items.length;
    const outcome = await invoke(sent[0]!.event, { functionVersion: "8" });
    expect(outcome).toMatchObject({
      status: "paused",
      reason: {
        code: "VERSION_MISMATCH",
        message: expect.stringContaining("pinned to function version 7, and this is 8"),
      },
    });
    expect(await store.get("run-1")).toMatchObject({ phase: "paused" });
    expect(items).toHaveLength(before);
  });

  it("which $LATEST is not", async () => {
    const { invoke } = workingRun({ version: "pin" });
    await expect(invoke({ upTo: 5 }, { functionVersion: "$LATEST" })).rejects.toMatchObject({ code: "CONFIG" });
  });

  it("else it moves with the alias", async () => {
    const { invoke, sent } = workingRun();
    await invoke({ upTo: 40 }, { functionVersion: "7" });
    expect(sent[0]).toMatchObject({ target: invocation(manualHost(), 1).invokedFunctionArn });
    expect(sent[0]!.event.longhaul).not.toHaveProperty("pinned");
    expect(await invoke(sent[0]!.event, { functionVersion: "8" })).toMatchObject({ status: "continued" });
  });
});
