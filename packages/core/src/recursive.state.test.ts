import { describe, expect, it } from "vitest";
import { sleep } from "./host.ts";
import {
  callerDriver,
  type HandOffMessage,
  type Json,
  memoryRunStore,
  type Outcome,
  type RecursiveOptions,
  recursive,
  secretSeal,
} from "./index.ts";
import { eventOfRecord } from "./recursion/event-of-record.ts";
import { spillInMemory } from "./state/spill-in-memory.ts";
import { invocation, runToEnd, stillHost } from "./still-host.ts";
import { itemsFrom, workingRun } from "./working-run.ts";

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
    const host = stillHost();
    const entered: unknown[] = [];
    const event = { bucket: "in", list: [1, 2], "odd key": { "😀": null } };
    const before = JSON.stringify(event);
    const handler = recursive<object, unknown, string>({
      host,
      stateKey: "CURRENT_STATE",
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

describe("a state that cannot travel fails the hop and loses nothing", () => {
  const yielding = (state: unknown) => {
    const host = stillHost();
    const sent: HandOffMessage[] = [];
    const store = memoryRunStore();
    const handler = recursive<object, unknown>({
      host,
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
    await expect(outcome).rejects.toThrow(message);
    expect(sent).toEqual([]);
    expect(await store.get("run-1")).toMatchObject({ phase: "handed-off", hop: 0 });
  });

  it("too large for the channel: the record has it, and the event goes without", async () => {
    const { sent, store, outcome } = yielding("x".repeat(5_000));
    expect(await outcome).toMatchObject({
      status: "continued",
      message: expect.stringMatching(/^to be continued from \["x{116}\.\.\.\]$/),
    });
    expect(sent[0]!.event).not.toHaveProperty("state");
    expect((await store.get("run-1"))?.state).toHaveLength(5_012);
  });
});

describe("a large state goes through a spill", () => {
  it.each([true, false])("hop by hop (sealed: %j)", async (isSealed) => {
    const host = stillHost();
    const { spill, texts } = spillInMemory();
    const entered: number[] = [];
    const handler = recursive<object, { at: number; text: string }, string>({
      host,
      spill,
      ...(isSealed && { seal: secretSeal(["a secret of enough length"]) }),
      driver: callerDriver({ maxBytes: 2_000 }),
      start: () => ({ at: 0, text: "x".repeat(5_000) }),
      *run(state) {
        entered.push(state.at);
        if (state.at === 3) return state.text;
        host.advance(9_500);
        yield { at: state.at + 1, text: state.text };
        throw new Error("must have been handed off");
      },
    });
    const outcomes = await runToEnd(handler, host, { bucket: "in" }, 10_000);
    expect(outcomes.at(-1)).toMatchObject({ status: "done", result: "x".repeat(5_000) });
    expect(entered).toEqual([0, 1, 2, 3]);
    expect(texts.size).toBe(3);
    expect([...texts.values()].some((text) => text.includes("xxx"))).toBe(!isSealed);
  });

  it("and one that was changed where it lies is refused", async () => {
    const host = stillHost();
    const { spill, texts } = spillInMemory();
    const handler = recursive<object, string>({
      host,
      spill,
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
    await expect(handler(next, invocation(host, 10_000))).rejects.toThrow("is not what was spilled there");
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
        seal: secretSeal(["a secret of enough length"]),
        ...synchronous(),
      });
      let outcome = await begin({ upTo: 25 });
      for (let next = sent[0]; next; next = sent[sent.indexOf(next) + 1]) {
        expect(next.event.position).toMatch(/^lh1\./);
        outcome = await begin(next.event);
      }
      expect(outcome).toMatchObject({ status: "done" });
      expect(items).toEqual([]);
      for await (const { state } of store?.list() ?? []) expect(state).toMatch(/^{"sealed":"lh1\./);
    }
  });

  it("is taken up again by a sweeper, which cannot seal: the record has the state", async () => {
    const seal = secretSeal(["a secret of enough length"]);
    const { begin, sent, store } = workingRun({ seal, ...synchronous() });
    await begin({ upTo: 12 });
    const swept = eventOfRecord((await store.get("run-1"))!).event;
    expect(swept).not.toHaveProperty("position");
    expect(await begin(swept)).toMatchObject({ status: "done", hop: 1 });
    const without = workingRun({ seal, store: undefined, ...synchronous() });
    await expect(without.begin(swept)).rejects.toMatchObject({ code: "EVENT" });
    expect(sent).toHaveLength(1);
  });

  it("cannot be steered by a forged event", async () => {
    const { begin, sent } = workingRun({
      store: undefined,
      seal: secretSeal(["a secret of enough length"]),
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
function synchronous(): Partial<RecursiveOptions<{ upTo: number }, number, string>> & {
  host: ReturnType<typeof stillHost>;
} {
  const host = stillHost();
  return {
    host,
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
      checkpointEveryMs: 3_000,
      async *run(position, context) {
        context.onPersist<number>((state, reason) => {
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
      checkpointEveryMs: 3_000,
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
