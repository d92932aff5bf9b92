import { describe, expect, it } from "vitest";
import { spillInMemory } from "../../test/spill-in-memory.ts";
import { itemsFrom, type WorkingRun, workingRun } from "../../test/working-run.ts";
import { sleep } from "../host.ts";
import { memoryRunStore } from "./memory-run-store.ts";
import { type RewindOptions, rewind } from "./rewind.ts";
import type { RunStore } from "./run-store.ts";
import { secretSeal } from "./seal.ts";

/** Rewinds a working run; its event is then the next in `sent`. */
function rewindTo(run: WorkingRun, hop: number, options: Partial<RewindOptions> = {}) {
  const { store, host, sent } = run;
  const driver = {
    name: "test",
    maxBytes: 1e6,
    send: async (message: (typeof sent)[number]) => void sent.push(message),
  };
  return host.until(rewind({ run: "run-1", hop, store, driver, host, ...options }));
}

/** Invokes with the next event in `sent`. */
const next = (run: WorkingRun) => run.invoke(run.sent.shift()?.event ?? {});

/** A run of four hops, with eight items in each but the last. */
const kept = (options: Parameters<typeof workingRun>[0] = {}) => workingRun({ history: { hops: 10 }, ...options });
const HOP = 8;
const ALL = 3 * HOP + 3;

describe("a run is rewound: it begins again at a hop, with the state that the hop began with", () => {
  it("when it is done: what came after is done again, and its result is gone until then", async () => {
    const run = kept();
    await run.follow({ upTo: ALL });
    const done = await run.store.get("run-1");
    expect(done).toMatchObject({
      phase: "done",
      hop: 3,
      history: { hops: [{ hop: 0 }, { hop: 1 }, { hop: 2 }, { hop: 3 }] },
    });
    const record = await rewindTo(run, 2);
    expect(record).toMatchObject({ phase: "handed-off", hop: 2, state: `{"value":${2 * HOP}}`, rewinds: 1 });
    expect(record).not.toHaveProperty("result");
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done", result: "all of it" });
    expect(run.items).toEqual([...itemsFrom(0, ALL), ...itemsFrom(2 * HOP, ALL)]);
    expect((await run.store.get("run-1"))?.stats.costUsd).toBeGreaterThan(done!.stats.costUsd);
  });

  it("when it failed, at the hop that failed: not at its last safe point", async () => {
    let fails = true;
    const run = kept({
      guards: { maxAttempts: 1 },
      onItem(item) {
        if (item === HOP + 2 && fails) throw new Error("not yet");
      },
    });
    await run.invoke({ upTo: ALL });
    const second = run.sent.shift()!.event;
    await expect(run.invoke(second)).rejects.toThrow("not yet");
    await run.host.until(run.store.request("run-1", "stop", run.host.nowMs));
    expect(await run.invoke(second)).toMatchObject({ status: "stopped" });
    expect(await run.store.get("run-1")).toMatchObject({ hop: 1, state: `{"value":${HOP + 2}}` });
    fails = false;
    expect(await rewindTo(run, 1)).toMatchObject({ state: `{"value":${HOP}}`, attempt: 0, failures: 0 });
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done" });
  });

  it("when it is under way: its attempt commits nothing more, and the fence grows", async () => {
    const tokens: number[] = [];
    const run = kept({ onItem: (_, { run: { fence } }) => void tokens.push(fence.token) });
    await run.invoke({ upTo: ALL });
    const before = tokens.at(-1) ?? 0;
    const underWay = run.begin(run.sent.shift()!.event);
    await run.host.until(sleep(run.host, 3_000));
    await rewindTo(run, 0);
    expect(await run.host.until(underWay)).toMatchObject({ status: "duplicate", refusal: "fenced" });
    const items = run.items.length;
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done" });
    expect(run.items.slice(items)).toEqual(itemsFrom(0, ALL));
    expect(tokens[items]).toBeGreaterThan(before + 1);
  });

  it("again and again: what was kept after the hop counts no more", async () => {
    const run = kept({ history: { hops: 3 } });
    await run.follow({ upTo: ALL });
    await rewindTo(run, 2);
    await next(run);
    run.sent.length = 0;
    expect(await rewindTo(run, 1)).toMatchObject({ rewinds: 2, history: { hops: [{ hop: 1 }] } });
    await expect(rewindTo(run, 3)).rejects.toMatchObject({ code: "RUN_HISTORY", hops: [1] });
    await next(run);
    expect((await run.store.get("run-1"))?.history?.hops.map(({ hop }) => hop)).toEqual([1, 2]);
  });

  it("at its first hop: from the state that its event brought, or by start()", async () => {
    const starts: number[] = [];
    const start = () => starts.push(1) - 1;
    const brought = kept({ start });
    await brought.invoke({ upTo: ALL, position: 5 });
    expect(await rewindTo(brought, 0)).toMatchObject({ hop: 0, state: '{"value":5}' });
    expect(starts).toEqual([]);
    const begun = kept({ start });
    await begun.invoke({ upTo: ALL });
    expect(await rewindTo(begun, 0)).not.toHaveProperty("state");
    begun.sent.shift();
    await next(begun);
    expect(starts).toHaveLength(2);
  });

  it("from a state that was spilled, which its history still refers to", async () => {
    const { spill } = spillInMemory();
    const store: RunStore = { ...memoryRunStore(), maxBytes: 16_384 + 1_000 };
    const long = (next: number) => ({ next, pad: String(next).padStart(2_000, ".") });
    const begins: number[] = [];
    const run = kept({
      ...{ store, state: { spill } },
      start: () => long(0) as never,
      async *run(state, { event }) {
        const { next: from, pad } = state as unknown as ReturnType<typeof long>;
        expect(pad).toBe(long(from).pad);
        begins.push(from);
        for (let next = from; next < event.upTo; next++) {
          await sleep(run.host, 1_000);
          yield long(next + 1) as never;
        }
        return "all of it";
      },
    });
    await run.follow({ upTo: ALL });
    expect(await rewindTo(run, 1)).toMatchObject({ state: expect.stringContaining('"ref"') });
    expect(await next(run)).toMatchObject({ status: "continued" });
    expect(begins).toEqual([0, HOP, 2 * HOP, 3 * HOP, HOP]);
  });

  it("from a sealed state, which travels in no event", async () => {
    const firsts: number[] = [];
    const run = kept({
      state: { seal: secretSeal(["a secret of enough length"]) },
      onItem(item, { run: { hop } }) {
        firsts[hop] ??= item;
      },
    });
    await run.follow({ upTo: ALL });
    const items = run.items.length;
    expect(await rewindTo(run, 1)).toMatchObject({ state: expect.stringContaining('"sealed"') });
    expect(run.sent[0]?.event).not.toHaveProperty("position");
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done" });
    expect(run.items.slice(items)).toEqual(itemsFrom(firsts[1] ?? 0, ALL));
  });

  it("with other limits, where the one that it has is reached", async () => {
    const run = kept({ guards: { maxCostUsd: 0.0001 } });
    await run.follow({ upTo: ALL });
    const used = (await run.store.get("run-1"))!.stats.costUsd;
    await expect(rewindTo(run, 0, { limits: { maxCostUsd: used / 2 } })).rejects.toMatchObject({ code: "CONFIG" });
    expect(await rewindTo(run, 0, { limits: { maxCostUsd: 1 } })).toMatchObject({ limits: { maxCostUsd: 1 } });
    expect(await run.follow(run.sent.shift()!.event)).toMatchObject({ status: "done" });
  });
});

describe("late events of hops that were rewound past", () => {
  it("begin nothing while the run is before them", async () => {
    const run = kept();
    await run.invoke({ upTo: ALL });
    const [late] = run.sent;
    await rewindTo(run, 0);
    expect(await run.invoke(late!.event)).toMatchObject({ status: "duplicate", refusal: "older" });
  });

  it("bring no state: a run that was rewound takes its states from its record", async () => {
    const run = kept();
    await run.invoke({ upTo: ALL });
    const [late] = run.sent;
    await rewindTo(run, 0);
    run.sent.length = 0;
    // The same hop of the time before, with a state that does not count any more.
    const outcome = await run.invoke({
      ...late!.event,
      position: ALL - 1,
      longhaul: { ...(late!.event.longhaul as object), hop: 0 },
    });
    expect(outcome).toMatchObject({ status: "continued" });
    expect(run.items.slice(HOP)).toEqual(itemsFrom(0, HOP));
  });
});

describe("a hop that is not in the history is refused, and the error names those that are", () => {
  it.each([
    [1, "run again at hops 2, 3"],
    [4, "run again at hops 2, 3"],
  ])("hop %i of a run that keeps two", async (hop) => {
    const run = kept({ history: { hops: 2 } });
    await run.follow({ upTo: ALL });
    const answer = rewindTo(run, hop);
    await expect(answer).rejects.toMatchObject({ code: "RUN_HISTORY", hops: [2, 3] });
    await expect(answer).rejects.toThrow("It can begin again at hops 2, 3.");
    expect(await run.store.get("run-1")).toMatchObject({ phase: "done", hop: 3 });
  });

  it("a state that has expired, or left the history a moment ago", async () => {
    const run = kept();
    await run.follow({ upTo: ALL });
    const store: RunStore = { ...run.store, history: { ...run.store.history!, read: async () => undefined } };
    await expect(rewindTo(run, 2, { store })).rejects.toMatchObject({ code: "RUN_HISTORY", hops: [0, 1, 3] });
  });

  it("any, where the function keeps none", async () => {
    const run = workingRun();
    await run.follow({ upTo: ALL });
    await expect(rewindTo(run, 0)).rejects.toThrow("It keeps none: give recursive() the option history.");
  });

  it("and no run is no error", async () => {
    const run = kept();
    expect(await rewindTo(run, 0)).toBeUndefined();
    await run.follow({ upTo: 1 });
    await run.store.delete("run-1", run.host.nowMs);
    expect(await rewindTo(run, 0)).toBeUndefined();
  });

  it("a store without a history is", async () => {
    const { history: _, ...store } = memoryRunStore();
    await expect(rewindTo(kept(), 0, { store })).rejects.toMatchObject({ code: "CONFIG" });
  });
});

describe("the option history", () => {
  it.each([
    [{ hops: 0 }, "from 1 to 100"],
    [{ hops: 101 }, "from 1 to 100"],
    [{ hops: 1.5 }, "from 1 to 100"],
    [{ hops: 2, days: 3 }, 'no option "history.days"'],
  ])("%j is refused", (history, message) => {
    expect(() => workingRun({ history })).toThrow(message);
  });

  it("needs a store that has one", () => {
    const { history: _, ...store } = memoryRunStore();
    expect(() => kept({ store })).toThrow("such as dynamodbRunStore()");
    expect(() => kept({ store: undefined })).toThrow("nowhere to keep the states");
  });

  it("is told to the work, which deletes nothing then that older states refer to", async () => {
    const told: boolean[] = [];
    const onItem: Parameters<typeof workingRun>[0] & object = {
      onItem: (_, { run }) => void told.push(run.isRewindable, run.rewinds > 0),
    };
    await workingRun(onItem).follow({ upTo: 1 });
    const run = kept(onItem);
    await run.follow({ upTo: 1 });
    await rewindTo(run, 0);
    await next(run);
    expect(told).toEqual([false, false, true, false, true, true]);
  });

  it("costs nothing where it is not given", async () => {
    const store = memoryRunStore();
    const fail = () => {
      throw new Error("nothing is kept");
    };
    const run = workingRun({ store: { ...store, history: { keep: fail, read: fail, rewind: fail } } });
    await run.follow({ upTo: ALL });
    expect(await store.get("run-1")).not.toHaveProperty("history");
  });

  it("fails the hop that cannot keep a state, and a retry keeps it", async () => {
    const store = memoryRunStore();
    let isBroken = true;
    const keep: NonNullable<RunStore["history"]>["keep"] = async (request) => {
      if (isBroken) throw new Error("the table is gone");
      return store.history!.keep(request);
    };
    const run = kept({ store: { ...store, history: { ...store.history!, keep } } });
    await expect(run.invoke({ upTo: ALL })).rejects.toThrow("the table is gone");
    isBroken = false;
    expect(await run.follow({ upTo: ALL })).toMatchObject({ status: "done" });
    expect(await rewindTo(run, 1)).toMatchObject({ hop: 1 });
  });
});
