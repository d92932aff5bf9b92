import { describe, expect, it } from "vitest";
import { faultyStore, MAX_ITEM_BYTES, weighingStore } from "../test/faulty-store.ts";
import { invocation, manualHost } from "../test/manual-host.ts";
import { spillInMemory } from "../test/spill-in-memory.ts";
import { itemsFrom, type WorkingRun, workingRun } from "../test/working-run.ts";
import { resume, sweep } from "./client.ts";
import { sleep } from "./host.ts";
import { callerDriver, memoryRunStore, recursive, secretSeal } from "./index.ts";
import { ARM64_US_EAST_1, type Fence, invocationCostUsd } from "./parts.ts";
import { NO_STATS } from "./recursion/envelope.ts";
import { composeEvent } from "./recursion/next-event.ts";
import { KEPT_BACK_BYTES } from "./state/record-bytes.ts";
import { decodeStored } from "./state/stored.ts";
import type { RunRecord } from "./store.ts";

it.each([
  ["with a store", {}, true],
  ["without", { store: undefined }, false],
])("the work knows whether its run is recorded: %s", async (_, options, isRecorded) => {
  const known: boolean[] = [];
  const run = workingRun({ ...options, onItem: (_item, { run }) => void known.push(run.isRecorded) });
  await run.invoke({ upTo: 1 });
  expect(known).toEqual([isRecorded]);
});

it("a save that the work asks for is made at the next safe point, and no other", async () => {
  const saved: (number | undefined)[] = [];
  const run = workingRun({
    time: { reserveMs: 1_000, checkpointEveryMs: 60_000 },
    onItem: (item, { onSaved, saveNext }) => {
      onSaved((state) => void saved.push(state as number | undefined));
      if (item === 1) saveNext();
    },
  });
  await run.invoke({ upTo: 4 });
  expect(saved).toEqual([2, undefined]);
});

describe("the work knows how often its hop died without a word", () => {
  /** An attempt whose process dies in its first step. */
  async function dies(run: WorkingRun): Promise<void> {
    const dead = workingRun({ store: run.store });
    dead.host.nowMs = run.host.nowMs;
    void dead.begin({ upTo: 2 });
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    run.host.nowMs = dead.host.nowMs + 80_000;
  }

  it("since the last saved state", async () => {
    const deaths: number[] = [];
    const run = workingRun({ onItem: (_item, { run }) => void deaths.push(run.deaths) });
    await dies(run);
    await dies(run);
    expect(await run.invoke({ upTo: 2 })).toMatchObject({ status: "done" });
    expect(deaths).toEqual([2, 2]);
  });

  it("but not of an attempt that said how it failed", async () => {
    const deaths: number[] = [];
    let isBroken = true;
    const run = workingRun({
      onItem(_item, { run }) {
        if (isBroken) throw new Error("oh no");
        deaths.push(run.deaths);
      },
    });
    await dies(run);
    await expect(run.invoke({ upTo: 2 })).rejects.toThrow("oh no");
    isBroken = false;
    await run.invoke({ upTo: 2 });
    expect(deaths).toEqual([0, 0]);
  });
});

describe("from its first write the record can begin the run again at the same place", () => {
  /** Begins a run and lets its process die in the first step. */
  async function died(run: WorkingRun, event: object): Promise<void> {
    const dead = workingRun({ store: run.store });
    void dead.begin(event);
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    run.host.nowMs = dead.host.nowMs + 80_000;
  }

  it("where its first event brings a state, and the process dies before the first checkpoint: the sweeper goes on", async () => {
    const run = workingRun();
    await died(run, { upTo: 55, position: 50 });
    const driver = {
      name: "test",
      maxBytes: 1e6,
      send: async (message: (typeof run.sent)[number]) => void run.sent.push(message),
    };
    await run.host.until(sweep({ store: run.store, driver, host: run.host }));
    // The sweeper's event is a bare one here: the record decides.
    const { position: _, ...bare } = run.sent.shift()!.event;
    expect(await run.follow(bare)).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(50, 55));
  });

  it("and where the kill switch ends it before it begins: resume goes on", async () => {
    let isKilled = true;
    const run = workingRun({ guards: { isKilled: () => isKilled } });
    expect(await run.invoke({ upTo: 53, position: 50 })).toMatchObject({ status: "stopped" });
    isKilled = false;
    const driver = {
      name: "test",
      maxBytes: 1e6,
      send: async (message: (typeof run.sent)[number]) => void run.sent.push(message),
    };
    await run.host.until(resume({ run: "run-1", store: run.store, driver, host: run.host }));
    expect(run.sent[0]?.event).toMatchObject({ upTo: 53, position: 50 });
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done" });
    expect(run.items).toEqual([50, 51, 52]);
  });

  it.each<[string, object, object, string]>([
    [
      "of the current version, if the event has no envelope",
      { position: 5 },
      { version: 2 },
      '{"version":2,"value":5}',
    ],
    [
      "of the version that the envelope says",
      { position: 5, longhaul: { v: 1, run: "run-1", hop: 0, startedAt: 0, stateVersion: 1 } },
      { version: 2, migrate: (state: unknown) => state },
      '{"version":1,"value":5}',
    ],
    [
      "of no version, if the envelope says none",
      { position: 5, longhaul: { v: 1, run: "run-1", hop: 0, startedAt: 0 } },
      { version: 2, migrate: (state: unknown) => state },
      '{"value":5}',
    ],
    [
      "that was spilled",
      { longhaul: { v: 1, run: "run-1", hop: 0, startedAt: 0, stateRef: { uri: "memory:x", bytes: 1, sha256: "ab" } } },
      { spill: spillInMemory().spill },
      '{"ref":{"uri":"memory:x","bytes":1,"sha256":"ab"}}',
    ],
  ])("with a state %s", async (_, event, options, state) => {
    const run = workingRun({ state: options, guards: { isKilled: () => true } });
    await run.invoke({ upTo: 9, ...event });
    expect(await run.store.get("run-1")).toMatchObject({ state, event: '{"upTo":9}' });
  });

  it("sealed, if the function seals", async () => {
    const seal = secretSeal(["a secret of enough length"]);
    const run = workingRun({ state: { seal }, guards: { isKilled: () => true } });
    const first = await composeEvent({
      base: { upTo: 9 },
      stateKey: "position",
      state: 5,
      envelope: { v: 1, run: "run-1", hop: 0, startedAt: 0, stats: NO_STATS },
      codec: { seal },
      maxBytes: 10_000,
      channel: "the test",
      isRecorded: false,
    });
    await run.invoke(first.event);
    const { state = "" } = (await run.store.get("run-1"))!;
    expect(state).toMatch(/^{"sealed":"lh1\./);
    expect(await decodeStored({ seal }, state, "run-1")).toMatchObject({ state: 5 });
  });

  it("with the target and the tenant that it runs for, to which every hop is handed off", async () => {
    const run = workingRun();
    await run.invoke({ upTo: 40 }, { tenantId: "blue" });
    expect(await run.store.get("run-1")).toMatchObject({
      tenantId: "blue",
      target: expect.stringContaining("work:live"),
    });
    expect(run.sent[0]).toMatchObject({ tenantId: "blue" });
    // A hop that is sent again by a retry of the one before has it, too.
    await run.invoke({ upTo: 40 }, { tenantId: "blue" });
    expect(run.sent[1]).toMatchObject({ tenantId: "blue" });
  });
});

describe("what a run works on comes from its record", () => {
  it("not from a later event: neither its parameters nor, without a key of its own, its state", async () => {
    const upTo: number[] = [];
    const run = workingRun({ state: { key: undefined }, onItem: (_, { event }) => void upTo.push(event.upTo) });
    await run.invoke({ upTo: 12 });
    const longhaul = { ...(run.sent.shift()!.event.longhaul as object), state: 2 };
    expect(await run.invoke({ upTo: 5, longhaul })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 12));
    expect(new Set(upTo)).toEqual(new Set([12]));
  });

  it("nor from another first event of the same run", async () => {
    const run = workingRun({
      onItem(item, { run: { attempt } }) {
        if (item === 3 && attempt === 1) throw new Error("boom");
      },
    });
    await expect(run.invoke({ upTo: 6 })).rejects.toThrow("boom");
    expect(await run.invoke({ upTo: 100, position: 90 })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 6));
  });

  it("but for a neighbour that knows the state's key alone: on the first attempt of a hop its state counts, and only there", async () => {
    const run = workingRun({
      onItem(item, { run: { attempt } }) {
        if (item === 15 && attempt === 1) throw new Error("boom");
      },
    });
    await run.invoke({ upTo: 20 });
    const { event } = run.sent.shift()!;
    // It changes the state, copies the envelope and does not count hops; what it does to the parameters does not count.
    const changed = { ...event, upTo: 1, position: 12 };
    await expect(run.invoke(changed)).rejects.toThrow("boom");
    expect(run.items.filter((item) => item >= 8)).toEqual([12, 13, 14]);
    expect(await run.invoke({ ...event, position: 0 })).toMatchObject({ status: "done" });
    expect(run.items.filter((item) => item >= 8)).toEqual(itemsFrom(12, 20));
  });

  it("and a sealed run takes no state from an event, and none that another seal or nobody wrote", async () => {
    const seal = secretSeal(["a secret of enough length"]);
    const run = workingRun({ state: { seal } });
    await run.invoke({ upTo: 25 });
    const { event } = run.sent.shift()!;
    const { position, longhaul, ...base } = event;
    const before = await run.store.get("run-1");
    for (const forged of [
      { ...base, upTo: 15, longhaul },
      { ...base, upTo: 15, position, longhaul },
      { ...base, position: 24, longhaul },
      { ...base, more: 1, longhaul },
    ]) {
      await expect(run.invoke(forged)).rejects.toMatchObject({ code: "EVENT" });
    }
    // Refused before it is begun: it uses up no attempt.
    expect(await run.store.get("run-1")).toEqual(before);
    const unknown = { ...base, longhaul: { ...(longhaul as object), run: "another" } };
    await expect(run.invoke(unknown)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect(await run.follow({ ...base, longhaul })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 25));
  });
});

describe("the parts of a record fit together, or it is said which does not", () => {
  interface Padded {
    readonly at: number;
    readonly pad: string;
  }
  function paddedRun(bytes: { event: number; state: number; result?: number }, options: object = {}) {
    const host = manualHost();
    const records = new Map<string, RunRecord>();
    const store = weighingStore(records);
    const handler = recursive<{ text: string }, Padded, unknown>({
      advanced: { host },
      store,
      driver: callerDriver({ maxBytes: 6_000_000 }),
      runId: () => "run-1",
      time: { checkpointEveryMs: 2_000 },
      start: () => ({ at: 0, pad: "" }),
      async *run({ at }) {
        for (let next = at; next < 12; next++) {
          await sleep(host, 1_000);
          yield { at: next + 1, pad: "s".repeat(bytes.state) };
        }
        return bytes.result === undefined ? "all of it" : "r".repeat(bytes.result);
      },
      ...options,
    });
    const event = { text: "e".repeat(bytes.event) };
    return {
      records,
      invoke: (next: object = event) => host.until(handler(next as typeof event, invocation(host, 10_000))),
    };
  }

  it("a state that does not fit beside the event is spilled", async () => {
    const { spill, texts } = spillInMemory();
    const run = paddedRun({ event: 150_000, state: 255_000 }, { state: { spill } });
    const first = await run.invoke();
    expect(first).toMatchObject({ status: "continued" });
    expect(texts.size).toBeGreaterThan(0);
    expect(run.records.get("run-1")?.state).toMatch(/^{"ref":/);
    if (first.status !== "continued") throw new Error("it must go on");
    expect(await run.invoke(first.continuation)).toMatchObject({ status: "done" });
  });

  it.each([1_000, 100_000, 300_000, 380_000])(
    "beside an event of %d bytes, a state of any size fits or is refused by name",
    async (event) => {
      const room = MAX_ITEM_BYTES - KEPT_BACK_BYTES - event;
      for (const state of [room - 2_000, room - 600, room - 200, room, room + 100]) {
        const outcome = await paddedRun({ event, state }).invoke();
        if (outcome.status === "failed") expect(outcome.reason.code).toBe("STATE_TOO_LARGE");
        else expect(outcome.status).toBe("continued");
        expect(outcome.status).toBe(state < room - 1_000 ? "continued" : state >= room ? "failed" : outcome.status);
      }
    },
  );

  it("without a spill the run fails at once, and does no work again", async () => {
    const run = paddedRun({ event: 150_000, state: 255_000 });
    expect(await run.invoke()).toMatchObject({
      status: "failed",
      reason: { code: "STATE_TOO_LARGE", message: expect.stringContaining("the run store has room for") },
    });
    expect(await run.invoke()).toMatchObject({ status: "duplicate", refusal: "over", phase: "failed" });
  });

  it("an event that does not fit is refused before anything is written", async () => {
    const run = paddedRun({ event: MAX_ITEM_BYTES, state: 1 });
    await expect(run.invoke()).rejects.toMatchObject({
      code: "EVENT_TOO_LARGE",
      bytes: MAX_ITEM_BYTES + 11,
      message: expect.stringContaining("Put large input into S3"),
    });
    expect(run.records.size).toBe(0);
  });

  it.each([
    ["beside the state", 100, 1_000],
    ["in place of the state, where both do not fit", 300_000, 300_000],
  ])("a result is kept %s", async (_, state, result) => {
    const run = paddedRun({ event: 10, state, result });
    const first = await run.invoke();
    expect(await run.invoke(first.status === "continued" ? first.continuation : {})).toMatchObject({ status: "done" });
    expect(run.records.get("run-1")).toMatchObject({ phase: "done", result: JSON.stringify("r".repeat(result)) });
  });

  it("a result that does not fit is in the outcome, and the record says so; nobody is told that there was none", async () => {
    const run = paddedRun({ event: 10, state: 100, result: MAX_ITEM_BYTES });
    const first = await run.invoke();
    const next = first.status === "continued" ? first.continuation : {};
    expect(await run.invoke(next)).toMatchObject({ status: "done", result: "r".repeat(MAX_ITEM_BYTES) });
    const record = run.records.get("run-1");
    expect(record).toMatchObject({ phase: "done", reason: { code: "RESULT_TOO_LARGE" } });
    expect(record).not.toHaveProperty("result");
    await expect(run.invoke(next)).rejects.toThrow("its result is not in its record: The result makes");
  });

  it("a continuation that is asked for again fits the channel, as it did the first time", async () => {
    const host = manualHost();
    const handler = recursive<{ blob: string }, Padded, string>({
      advanced: { host },
      store: memoryRunStore(),
      driver: callerDriver(),
      time: { reserveMs: 1_000 },
      runId: () => "c",
      start: () => ({ at: 0, pad: "" }),
      async *run({ at }) {
        for (let next = at; next < 10; next++) {
          await sleep(host, 3_000);
          yield { at: next + 1, pad: "x".repeat(150_000) };
        }
        return "all of it";
      },
    });
    const invoke = (event: object) => host.until(handler(event as { blob: string }, invocation(host, 10_000)));
    const event = { blob: "y".repeat(150_000) };
    for (let ask = 0; ask < 2; ask++) {
      const outcome = await invoke(event);
      if (outcome.status !== "continued") throw new Error("it must go on");
      expect(JSON.stringify(outcome.continuation).length).toBeLessThanOrEqual(245_760);
      expect(outcome.continuation).not.toHaveProperty("longhaul.state");
    }
  });
});

describe("a run whose record vanished", () => {
  const vanishing = (item: number, onMissing?: "end") => {
    const records = new Map<string, RunRecord>();
    const store = memoryRunStore(records, onMissing ? { onMissing } : {});
    const run = workingRun({
      store,
      time: { checkpointEveryMs: 2_000 },
      onItem(at) {
        if (at === item) records.clear();
      },
    });
    return run;
  };

  it.each([
    ["before a checkpoint", 3, { upTo: 40 }],
    ["before the hand-off", 7, { upTo: 40 }],
    ["before the end", 0, { upTo: 1 }],
  ])("%s: that is an error, never a quiet duplicate", async (_, item, event) => {
    const run = vanishing(item);
    await expect(run.invoke(event)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect(run.sent).toEqual([]);
    expect(run.events.at(-1)).toMatchObject({ type: "error", code: "RUN_UNKNOWN" });
  });

  it("of which an event arrives: that is an error", async () => {
    const run = workingRun();
    await run.invoke({ upTo: 40 });
    const another = workingRun();
    await expect(another.invoke(run.sent[0]!.event)).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
  });

  it("ends quietly, if the store says that deleting it is how it is ended", async () => {
    const run = vanishing(3, "end");
    expect(await run.invoke({ upTo: 40 })).toMatchObject({ status: "duplicate", refusal: "fenced" });
    const longhaul = { v: 1, run: "run-1", hop: 1, startedAt: 0 };
    expect(await run.invoke({ upTo: 40, longhaul })).toMatchObject({ status: "duplicate", refusal: "unknown" });
  });

  it("does not begin, if the store says that whoever writes its record begins it", async () => {
    const run = workingRun({ store: memoryRunStore(new Map(), { mustExist: true }) });
    await expect(run.invoke({ upTo: 1 })).rejects.toMatchObject({ code: "RUN_UNKNOWN" });
    expect(run.items).toEqual([]);
  });
});

describe("the writes of an attempt are in order, whatever its clock does", () => {
  it("though it is set back within a hop, no later checkpoint counts as an older one", async () => {
    const run = workingRun({
      time: { checkpointEveryMs: 2_000 },
      async onItem(item) {
        // An NTP step: Lambda's remaining time runs on, the wall clock does not.
        if (item === 3) skewMs = -30_000;
        if (item !== 6) return;
        saved = (await run.store.get("run-1"))?.state;
        throw new Error("boom");
      },
    });
    let saved: string | undefined;
    let skewMs = 0;
    const { now } = run.host;
    Object.assign(run.host, { now: () => now() + skewMs });
    const deadlineMs = run.host.nowMs + 10_000;
    await expect(
      run.invoke({ upTo: 9 }, { getRemainingTimeInMillis: () => deadlineMs - run.host.nowMs }),
    ).rejects.toThrow("boom");
    expect(saved).toBe('{"value":6}');
    expect(await run.store.get("run-1")).toMatchObject({ state: '{"value":6}' });
  });

  it("and nothing is written under its fence any more while its successor is told", async () => {
    const live: boolean[] = [];
    let fence: Fence | undefined;
    const send = async () => void live.push(fence!.isLive);
    const run = workingRun({
      driver: { name: "test", maxBytes: 1e6, send },
      onItem(_, context) {
        fence = context.run.fence;
        live.push(fence.isLive);
      },
    });
    expect(await run.invoke({ upTo: 40 })).toMatchObject({ status: "continued" });
    expect(live).toEqual([...run.items.map(() => true), false]);
  });

  it("and a checkpoint that arrives after a later one does not take it back", async () => {
    const store = memoryRunStore();
    const { checkpoint } = store;
    let late: (() => Promise<unknown>) | undefined;
    const run = workingRun({
      store: faultyStore(
        {
          ...store,
          async checkpoint(write) {
            if (late) return checkpoint(write);
            late = () => checkpoint(write);
            return new Promise(() => {});
          },
        },
        () => undefined,
      ),
      timeoutMs: 60_000,
      time: { checkpointEveryMs: 2_000 },
      async onItem(item) {
        if (item === 12) await late?.();
        if (item === 13) throw new Error("boom");
      },
    });
    await expect(run.invoke({ upTo: 20 })).rejects.toThrow("boom");
    expect(await run.store.get("run-1")).toMatchObject({ state: '{"value":13}', stats: { steps: 13 } });
  });
});

describe("the record of a run", () => {
  it("says when it began: the first hop's time, or what its event says", async () => {
    const run = workingRun();
    const beganMs = run.host.nowMs;
    await run.follow({ upTo: 30 });
    expect(await run.store.get("run-1")).toMatchObject({ startedAtMs: beganMs });
    const starts = run.events.flatMap((event) => (event.type === "hop.start" ? [event.startedAt] : []));
    expect(starts.length).toBeGreaterThan(2);
    expect(new Set(starts)).toEqual(new Set([beganMs]));
    // An event that says otherwise does not change it: guards count from there.
    const late = workingRun({ store: run.store, runId: () => "run-2" });
    await late.invoke({ upTo: 30 });
    const { longhaul, ...base } = late.sent.shift()!.event;
    await late.invoke({ ...base, longhaul: { ...(longhaul as object), startedAt: 1 } });
    const [first, second] = late.events.flatMap((event) => (event.type === "hop.start" ? [event.startedAt] : []));
    expect(second).toBe(first);
  });

  it("counts what the run used: steps, time, and what it cost", async () => {
    const { follow, store, events } = workingRun();
    await follow({ upTo: 12 }, { memoryLimitInMB: "512" });
    const hops = events.filter(({ type }) => type === "hop.start").length;
    expect(hops).toBe(2);
    const expected = invocationCostUsd(ARM64_US_EAST_1, 512, 12_000) + ARM64_US_EAST_1.usdPerRequest;
    const { stats } = (await store.get("run-1"))!;
    expect(stats).toMatchObject({ steps: 12, usedMs: 12_000, stalledHops: 0 });
    expect(stats.costUsd).toBeCloseTo(expected, 12);
  });
});

it("a record begins with what the event of the first hop knows, should that attempt die", async () => {
  const stats = { ...NO_STATS, costUsd: 1, budget: { step: { mean: 2, dev: 1, peak: 4 } } };
  const run = workingRun({
    async onItem() {
      expect(await run.store.get("run-1")).toMatchObject({ attempt: 1, stats });
    },
  });
  expect(await run.follow({ upTo: 2, longhaul: { v: 1, run: "run-1", hop: 0, startedAt: 0, stats } })).toMatchObject({
    status: "done",
  });
  expect.assertions(3);
});

describe("a write whose outcome is not known", () => {
  it("of a checkpoint: the work goes on, and the observers hear of it", async () => {
    const run = workingRun({ time: { checkpointEveryMs: 1_000 } });
    const { checkpoint } = run.store;
    let failures = 0;
    Object.assign(run.store, {
      checkpoint: (write: Parameters<typeof checkpoint>[0]) =>
        ++failures <= 3 ? Promise.reject(new Error("store is down")) : checkpoint(write),
    });
    expect(await run.follow({ upTo: 6 })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 6));
    expect(run.events.filter(({ type }) => type === "error")).toHaveLength(3);
    expect(run.events).toContainEqual(expect.objectContaining({ type: "checkpoint", isDurable: false }));
  });

  it.each(["lost before it was made", "lost after it was made"])(
    "of a hand-off, %s: the invocation fails and its retry goes on",
    async (when) => {
      const run = workingRun();
      const { handOff } = run.store;
      let isFirst = true;
      Object.assign(run.store, {
        async handOff(write: Parameters<typeof handOff>[0]) {
          if (!isFirst) return handOff(write);
          isFirst = false;
          if (when === "lost after it was made") await handOff(write);
          throw new Error("store is down");
        },
      });
      await expect(run.invoke({ upTo: 30 })).rejects.toThrow("store is down");
      expect(run.sent).toEqual([]);
      expect((await run.follow({ upTo: 30 })).status).toBe("done");
      expect(run.items).toEqual(itemsFrom(0, 30));
    },
  );

  it("of taking the lease: the observers hear of it, and the platform's retry finds the lease free or over", async () => {
    const run = workingRun();
    const { begin } = run.store;
    let isFirst = true;
    Object.assign(run.store, {
      begin(request: Parameters<typeof begin>[0]) {
        if (!isFirst) return begin(request);
        isFirst = false;
        return Promise.reject(new Error("store is down"));
      },
    });
    await expect(run.invoke({ upTo: 3 })).rejects.toThrow("store is down");
    expect(run.events).toMatchObject([{ type: "error", run: "run-1", hop: 0, message: "store is down" }]);
    expect((await run.follow({ upTo: 3 })).status).toBe("done");
  });
});
