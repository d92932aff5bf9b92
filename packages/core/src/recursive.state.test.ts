import { describe, expect, it } from "vitest";
import { invocation, manualHost, runToEnd } from "../test/manual-host.ts";
import { spillInMemory } from "../test/spill-in-memory.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { sleep } from "./host.ts";
import { callerDriver, memoryRunStore, type Outcome, type RecursiveOptions, recursive, secretSeal } from "./index.ts";
import type { HandOffMessage, Json } from "./parts.ts";
import { eventOfRecord } from "./recursion/event-of-record.ts";

describe("a state of any JSON shape travels under the key of one's choice", () => {
  it.each<[string, Json]>([
    ["a number", 7],
    ["zero", 0],
    ["false", false],
    ["null", null],
    ["an empty text", ""],
    ["a token", "1ueGcxLPRx1Tr/XYExHnhbYLgveDs2J/wm36Hy4vbOwM="],
    ["text of all kinds", "\u0000 \ud83d \u2028 🚀 </script>"],
    ["a list", [1, [2, [3]], null]],
    ["an object", { COUNTER: 1, nested: { deep: [true] } }],
    ["keys that mean something", JSON.parse('{"__proto__":{"a":1},"constructor":"x","longhaul":1,"CURRENT_STATE":2}')],
  ])("CURRENT_STATE: %s", async (_, state) => {
    const host = manualHost();
    const entered: unknown[] = [];
    const event = { bucket: "in", list: [1, 2], "odd key": { "😀": null } };
    const before = JSON.stringify(event);
    const handler = recursive<object, unknown, string>({
      advanced: { host },
      state: { key: "CURRENT_STATE" },
      driver: callerDriver(),
      start: () => "begin",
      *run(current, context) {
        entered.push(current);
        expect(context.event).toEqual(event);
        if (context.run.hop === 2) return "all of it";
        host.advance(9_000);
        yield context.run.hop === 0 ? state : ["the last"];
        throw new Error("must have been handed off");
      },
    });
    const outcomes: Outcome<string>[] = [];
    let next: object = event;
    for (let hop = 0; hop < 3; hop++) {
      const outcome = await handler(next, invocation(host, 10_000));
      outcomes.push(outcome);
      // Through the wire, as a real hand-off goes.
      if (outcome.status === "continued") next = JSON.parse(JSON.stringify(outcome.continuation));
    }
    expect(JSON.stringify(entered[1])).toBe(JSON.stringify(state));
    expect(entered[0]).toBe("begin");
    expect(outcomes.at(-1)).toMatchObject({ status: "done", result: "all of it" });
    expect(JSON.stringify(event)).toBe(before);
    const { CURRENT_STATE, longhaul, ...rest } = next as Record<string, unknown>;
    expect(JSON.stringify(rest)).toBe(before);
  });

  it("and one that is brought along by the first event is begun from", async () => {
    const { follow, items } = workingRun();
    expect(await follow({ upTo: 5, position: 3 })).toMatchObject({ status: "done" });
    expect(items).toEqual([3, 4]);
  });
});

describe("a state travels in the envelope unless it has a key of its own", () => {
  it("so that no field of the user's event is taken for it", async () => {
    const host = manualHost();
    const seen: unknown[] = [];
    const event = { customer: 7, state: "CA", position: 3, CURRENT_STATE: "x" };
    const handler = recursive<object, { next: number }, string>({
      advanced: { host },
      driver: callerDriver(),
      start: () => ({ next: 0 }),
      *run(state, context) {
        seen.push(state);
        expect(context.event).toEqual(event);
        if (state.next === 2) return "all of it";
        host.advance(9_500);
        yield { next: state.next + 1 };
        throw new Error("must have been handed off");
      },
    });
    const outcomes = await runToEnd(handler, host, event, 10_000);
    expect(outcomes.at(-1)).toMatchObject({ status: "done" });
    expect(seen).toEqual([{ next: 0 }, { next: 1 }, { next: 2 }]);
    const [first] = outcomes;
    expect(first).toMatchObject({ continuation: { ...event, longhaul: { hop: 1, state: { next: 1 } } } });
  });

  it("and one that is dropped on the way is noticed", async () => {
    const { invoke, sent } = workingRun({ store: undefined, state: { key: undefined } });
    await invoke({ upTo: 40 });
    const { longhaul } = sent.shift()!.event;
    const { state: _, ...dropped } = longhaul as Record<string, unknown>;
    await expect(invoke({ upTo: 40, longhaul: dropped })).rejects.toThrow('has no state under "longhaul.state"');
  });
});

describe("a yielded state is checked at the first safe point of each hop", () => {
  const yielding = (...states: unknown[]) => {
    const run = workingRun({
      async *run() {
        for (const state of states) {
          await sleep(run.host, 1_000);
          yield state as number;
        }
        return "all of it";
      },
    });
    return run.invoke({ upTo: 1 });
  };
  it.each<[string, unknown[], string]>([
    ["a Date, which would arrive as a text", [{ at: new Date(0) }, 2, 3], "state.at: a Date would not survive JSON"],
    ["undefined", [undefined, 2], "state: a undefined cannot travel as JSON"],
  ])("%s", async (_, states, message) => {
    expect(await yielding(...states)).toMatchObject({
      status: "failed",
      reason: { code: "STATE", message: expect.stringContaining(message) },
    });
  });

  it("and at the second, that it was not changed meanwhile", async () => {
    const run = workingRun({
      async *run() {
        const state = { next: 0 };
        for (; state.next < 5; state.next++) {
          await sleep(run.host, 1_000);
          yield state as never;
        }
        return "all of it";
      },
    });
    expect(await run.invoke({ upTo: 1 })).toMatchObject({
      status: "failed",
      reason: { code: "STATE", message: "state: was changed after it was yielded; yield a new object each time." },
    });
  });

  it("nor is it changed by what the work does when it is closed: it is handed off as it was yielded", async () => {
    const run = workingRun({
      async *run() {
        const state = { next: 1 };
        try {
          await sleep(run.host, 8_500);
          yield state as never;
        } finally {
          state.next = 99;
        }
        return "all of it";
      },
    });
    await run.invoke({ upTo: 1 });
    expect(run.sent[0]?.event).toMatchObject({ position: { next: 1 } });
    expect(await run.store.get("run-1")).toMatchObject({ state: '{"value":{"next":1}}' });
  });
});

describe("a handler in another language", () => {
  it("that changes only the state key stays in the run", async () => {
    const { invoke, sent, items } = workingRun({ store: undefined });
    await invoke({ upTo: 20 });
    const handedOff = sent.shift()!.event;
    const elsewhere = { ...handedOff, position: 12 };
    const outcome = await invoke(elsewhere);
    expect(outcome).toMatchObject({ run: "run-1", hop: 1 });
    expect(items.filter((item) => item >= 12)).toEqual(itemsFrom(12, items.at(-1)! + 1));
  });

  it("does so beside a record, too: in a fresh hop the event's state counts", async () => {
    const { invoke, sent, items } = workingRun();
    await invoke({ upTo: 20 });
    await invoke({ ...sent.shift()!.event, position: 12 });
    expect(items.filter((item) => item >= 8)[0]).toBe(12);
  });

  it("that drops the state is noticed: nothing is begun anew", async () => {
    const { invoke, sent, items } = workingRun({ store: undefined });
    await invoke({ upTo: 40 });
    const before = items.length;
    const { position, ...dropped } = sent.shift()!.event;
    await expect(invoke(dropped)).rejects.toThrow(
      'continues run run-1 at hop 1, but has no state under its key "position"',
    );
    expect(items).toHaveLength(before);
  });
});

describe("a state that cannot travel ends the run, and nothing is sent", () => {
  const yielding = (state: unknown) => {
    const host = manualHost();
    const sent: HandOffMessage[] = [];
    const store = memoryRunStore();
    const handler = recursive<object, unknown>({
      advanced: { host },
      store,
      runId: () => "run-1",
      driver: { name: "test", maxBytes: 1_000, send: async (message) => void sent.push(message) },
      start: () => 0,
      *run() {
        host.advance(9_500);
        yield state;
      },
    });
    return { sent, store, outcome: handler({}, invocation(host, 10_000)) };
  };

  it.each<[string, unknown, string]>([
    ["undefined", undefined, "state: a undefined cannot travel as JSON"],
    ["a Date within", { seen: [{ at: new Date(0) }] }, "state.seen[0].at: a Date would not survive JSON"],
    ["NaN", Number.NaN, "state: NaN is not a JSON number"],
  ])("%s", async (_, state, message) => {
    const { sent, store, outcome } = yielding(state);
    expect(await outcome).toMatchObject({ status: "failed", reason: { message: expect.stringContaining(message) } });
    expect(sent).toEqual([]);
    expect(await store.get("run-1")).toMatchObject({ phase: "failed", hop: 0, reason: { code: "STATE" } });
  });

  it("too large for the channel: the record has it, and the event goes without", async () => {
    const { sent, store, outcome } = yielding("x".repeat(5_000));
    expect(await outcome).toMatchObject({
      status: "continued",
      message: "to be continued from [a text of 5000 characters]",
    });
    expect(sent[0]!.event).not.toHaveProperty("longhaul.state");
    expect((await store.get("run-1"))?.state).toHaveLength(5_012);
  });
});

describe("a large state goes through a spill", () => {
  it.each([true, false])("hop by hop (sealed: %j)", async (isSealed) => {
    const host = manualHost();
    const { spill, texts } = spillInMemory();
    const entered: number[] = [];
    // With spaces: no text in base64 can hold it by chance.
    const text = "a state in the open ".repeat(250);
    const handler = recursive<object, { at: number; text: string }, string>({
      advanced: { host },
      state: { spill, ...(isSealed && { seal: secretSeal(["a secret of enough length"]) }) },
      driver: callerDriver({ maxBytes: 2_000 }),
      start: () => ({ at: 0, text }),
      *run(state) {
        entered.push(state.at);
        if (state.at === 3) return state.text;
        host.advance(9_500);
        yield { at: state.at + 1, text: state.text };
        throw new Error("must have been handed off");
      },
    });
    const outcomes = await runToEnd(handler, host, { bucket: "in" }, 10_000);
    expect(outcomes.at(-1)).toMatchObject({ status: "done", result: text });
    expect(entered).toEqual([0, 1, 2, 3]);
    expect(texts.size).toBe(3);
    expect([...texts.values()].some((stored) => stored.includes("a state in the open"))).toBe(!isSealed);
  });

  it("and one that was changed where it lies is refused", async () => {
    const host = manualHost();
    const { spill, texts } = spillInMemory();
    const handler = recursive<object, string>({
      advanced: { host },
      state: { spill },
      driver: callerDriver({ maxBytes: 500 }),
      start: () => "x".repeat(1_000),
      *run(state) {
        host.advance(9_500);
        yield `${state}y`;
      },
    });
    const first = await handler({}, invocation(host, 10_000));
    for (const uri of texts.keys()) texts.set(uri, '{"value":"forged"}');
    const next = first.status === "continued" ? first.continuation! : {};
    expect(await handler(next, invocation(host, 10_000))).toMatchObject({
      status: "failed",
      reason: { message: expect.stringContaining("is not what was spilled there") },
    });
  });

  it("which every hop must have", async () => {
    const { invoke } = workingRun({ store: undefined });
    const stateRef = { uri: "s3://states/1.json", bytes: 1, sha256: "ab" };
    const longhaul = { v: 1, run: "run-1", hop: 1, startedAt: 0, stateRef };
    await expect(invoke({ upTo: 5, longhaul })).rejects.toThrow("configure the same spill");
  });
});

describe("a sealed run", () => {
  it("goes from hop to hop, with a record and without, and shows no state to anybody", async () => {
    for (const store of [memoryRunStore(), undefined]) {
      const { begin, sent, items } = workingRun({
        store,
        state: { seal: secretSeal(["a secret of enough length"]) },
        ...synchronous(),
      });
      let outcome = await begin({ upTo: 25 });
      for (let next = sent[0]; next; next = sent[sent.indexOf(next) + 1]) {
        expect(next.event.position).toMatch(/^lh1\./);
        expect(outcome.message).toMatch(/^to be continued from hop \d$/);
        outcome = await begin(next.event);
      }
      expect(outcome).toMatchObject({ status: "done" });
      expect(items).toEqual([]);
      for await (const { state } of store?.list() ?? []) expect(state).toMatch(/^{"sealed":"lh1\./);
    }
  });

  it("is taken up again by a sweeper, which cannot seal: the record has the state", async () => {
    const seal = secretSeal(["a secret of enough length"]);
    const { begin, sent, store } = workingRun({ state: { seal }, ...synchronous() });
    await begin({ upTo: 12 });
    const swept = eventOfRecord((await store.get("run-1"))!).event;
    expect(swept).not.toHaveProperty("position");
    expect(await begin(swept)).toMatchObject({ status: "done", hop: 1 });
    const without = workingRun({ state: { seal }, store: undefined, ...synchronous() });
    await expect(without.begin(swept)).rejects.toMatchObject({ code: "EVENT" });
    expect(sent).toHaveLength(1);
  });

  it("cannot be steered by a forged event", async () => {
    const { begin, sent } = workingRun({
      store: undefined,
      state: { seal: secretSeal(["a secret of enough length"]) },
      ...synchronous(),
    });
    await begin({ upTo: 25 });
    const { event } = sent[0]!;
    for (const forged of [
      { ...event, position: 24 },
      { ...event, upTo: 1 },
      { ...event, longhaul: undefined },
      { upTo: 25, position: 24 },
    ]) {
      await expect(begin(forged)).rejects.toMatchObject({ code: "EVENT" });
    }
  });
});

/** Work that takes virtual time only, for runs whose seals take real time. */
function synchronous(): Partial<RecursiveOptions<{ upTo: number }, number, string>> {
  const host = manualHost();
  return {
    advanced: { host },
    async *run(position, { event }) {
      for (let at = position; at < event.upTo; at++) {
        host.advance(1_000);
        yield at + 1;
      }
      return "all of it";
    },
  };
}

describe("onPersist completes a state just before it is saved or handed off", () => {
  it("and what it answers is what goes on", async () => {
    const reasons: string[] = [];
    const run = workingRun({
      time: { checkpointEveryMs: 3_000 },
      async *run(position, context) {
        context.onPersist((state, reason) => {
          reasons.push(`${reason} ${state}`);
          return state + 0.5;
        });
        for (let at = Math.floor(position); at < context.event.upTo; at++) {
          await sleep(run.host, 1_000);
          yield at + 1;
        }
        return "all of it";
      },
    });
    await run.invoke({ upTo: 40 });
    expect(reasons).toEqual(["checkpoint 3", "checkpoint 6", expect.stringMatching(/^handoff [78]$/)]);
    const last = Number(reasons.at(-1)!.split(" ")[1]) + 0.5;
    expect(run.sent).toMatchObject([{ event: { position: last } }]);
    expect(await run.store.get("run-1")).toMatchObject({ state: `{"value":${last}}` });
  });

  it("and if it fails, the hop fails and keeps its last durable safe point", async () => {
    const run = workingRun({
      time: { checkpointEveryMs: 3_000 },
      onItem(item, context) {
        context.onPersist((state) => {
          if (item > 4) throw new Error("could not upload");
          return state;
        });
      },
    });
    await expect(run.invoke({ upTo: 40 })).rejects.toThrow("could not upload");
    expect(run.sent).toEqual([]);
    expect(await run.store.get("run-1")).toMatchObject({ phase: "handed-off", hop: 0, state: '{"value":3}' });
  });
});

describe("onSaved is told of what the store holds, when it does", () => {
  /** Counts, and notes what was told with what the record said at that moment. */
  function told(options: Parameters<typeof workingRun>[0] = {}) {
    const saved: unknown[] = [];
    const run = workingRun({
      time: { checkpointEveryMs: 3_000 },
      ...options,
      onItem(_, context) {
        context.onPersist((state) => state + 0.5);
        context.onSaved(async (state) => {
          const record = await run.store.get("run-1");
          saved.push([state, record?.phase, record?.state]);
        });
      },
    });
    return { run, saved };
  }

  it("of each checkpoint, as it was saved, and of the end of the run", async () => {
    const { run, saved } = told();
    await run.invoke({ upTo: 7 });
    expect(saved).toEqual([
      [3.5, "running", '{"value":3.5}'],
      [6.5, "running", '{"value":6.5}'],
      [undefined, "done", expect.anything()],
    ]);
  });

  it("not of a checkpoint that failed", async () => {
    const store = memoryRunStore();
    const { run, saved } = told({ store: { ...store, checkpoint: () => Promise.reject(new Error("throttled")) } });
    await run.invoke({ upTo: 7 });
    expect(saved).toEqual([[undefined, "done", undefined]]);
  });

  it("without a store, of the end alone", async () => {
    const { run, saved } = told({ store: undefined });
    await run.invoke({ upTo: 7 });
    expect(saved).toEqual([[undefined, undefined, undefined]]);
  });

  it.each([
    ["fail", () => Promise.reject(new Error("no"))],
    ["hold up", () => new Promise<void>(() => {})],
  ])("and what it does at the end cannot %s the run", async (_, answer) => {
    const run = workingRun({
      onItem: (__, context) => context.onSaved((state) => (state === undefined ? answer() : undefined)),
    });
    expect(await run.invoke({ upTo: 3 })).toMatchObject({ status: "done" });
    expect(run.host.nowMs).toBeLessThan(1_010_000);
  });
});
