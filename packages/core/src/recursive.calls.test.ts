import { describe, expect, it } from "vitest";
import { faultyStore, type StoreFault } from "../test/faulty-store.ts";
import { invocation, manualHost } from "../test/manual-host.ts";
import { spillInMemory } from "../test/spill-in-memory.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { sleep } from "./host.ts";
import { callerDriver, memoryRunStore, type Outcome, recursive } from "./index.ts";
import type { HandOffMessage, StateSpill } from "./parts.ts";

describe("a call to the run store that is never answered is given up and made again", () => {
  it.each([
    ["begin", "hangs"],
    ["begin", "hangs after it was made"],
    ["begin", "is throttled"],
    ["handOff", "hangs"],
    ["handOff", "hangs after it was made"],
    ["handOff", "is throttled"],
    ["finish", "hangs"],
    ["finish", "hangs after it was made"],
    ["finish", "is throttled"],
    ["checkpoint", "hangs"],
    ["checkpoint", "hangs after it was made"],
    ["checkpoint", "is throttled"],
  ] as const)("%s that %s", async (operation, fault) => {
    const store = faultyStore(memoryRunStore(), (name, call) => (name === operation && call === 1 ? fault : undefined));
    const run = workingRun({ store, timeoutMs: 30_000, time: { checkpointEveryMs: 4_000 } });
    const beganMs = run.host.nowMs;
    expect(await run.follow({ upTo: 40 })).toMatchObject({ status: "done" });
    expect(run.items).toEqual(itemsFrom(0, 40));
    expect(store.calls.filter((name) => name === operation).length).toBeGreaterThan(1);
    // Nothing was repeated but the call: at most its limit was lost.
    expect(run.host.nowMs - beganMs).toBeLessThan(46_000);
    expect(run.events.filter(({ type }) => type === "error")).toEqual([]);
    expect(run.host.waiting).toBe(0);
  });

  it("and one that no try answers does not use up the invocation: it fails, so that the platform keeps the event", async () => {
    const store = faultyStore(memoryRunStore(), () => "hangs");
    const run = workingRun({ store, timeoutMs: 60_000 });
    const beganMs = run.host.nowMs;
    await expect(run.invoke({ upTo: 3 })).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
    expect(run.host.nowMs - beganMs).toBeLessThanOrEqual(30_000);
    expect(store.calls.length).toBeGreaterThan(4);
    expect(run.items).toEqual([]);
  });

  it("and checkpoints that are never answered make the work slower, by half at most", async () => {
    const store = faultyStore(memoryRunStore(), (name) => (name === "checkpoint" ? "hangs" : undefined));
    const run = workingRun({ store, timeoutMs: 900_000 });
    const beganMs = run.host.nowMs;
    expect(await run.follow({ upTo: 200 })).toMatchObject({ status: "done" });
    expect(run.host.nowMs - beganMs).toBeLessThan(2.2 * 200_000);
    expect(run.items).toEqual(itemsFrom(0, 200));
  });
});

describe("a hand-off that is never answered is given up and made again", () => {
  it("within the reserve", async () => {
    let sends = 0;
    const sent: HandOffMessage[] = [];
    const driver = {
      name: "test",
      maxBytes: 1_000_000,
      async send(message: HandOffMessage) {
        if (++sends === 1) await new Promise(() => {});
        sent.push(message);
      },
    };
    const run = workingRun({ driver });
    const beganMs = run.host.nowMs;
    expect(await run.invoke({ upTo: 40 })).toMatchObject({ status: "continued" });
    expect(run.host.nowMs - beganMs).toBeLessThan(10_000);
    expect(sent).toHaveLength(1);
    expect(run.host.waiting).toBe(0);
  });

  it("and the next hop keeps back more time for it, even if it failed", async () => {
    const reserves: number[] = [];
    let isSilent = true;
    const driver = {
      name: "test",
      maxBytes: 1_000_000,
      send: () => (isSilent ? new Promise<void>(() => {}) : Promise.resolve()),
    };
    const run = workingRun({ driver, time: { reserveMs: "learned" } });
    const observed = run.events;
    await expect(run.invoke({ upTo: 40 })).rejects.toMatchObject({ code: "HAND_OFF" });
    isSilent = false;
    const longhaul = { v: 1, run: "run-1", hop: 1, startedAt: 0 };
    await run.invoke({ upTo: 40, longhaul });
    for (const event of observed) if (event.type === "hop.start") reserves.push(event.reserveMs);
    expect(reserves[1]).toBeGreaterThan(reserves[0]!);
  });
});

describe("a spill that is never answered is given up and made again", () => {
  interface Text {
    readonly at: number;
    readonly text: string;
  }
  it.each(["put", "get"] as const)("%s", async (operation) => {
    const { spill } = spillInMemory();
    let calls = 0;
    const once = () => (++calls === 1 ? new Promise<never>(() => {}) : Promise.resolve());
    const faulty: StateSpill = {
      async put(run, hop, text) {
        if (operation === "put") await once();
        return spill.put(run, hop, text);
      },
      async get(ref) {
        if (operation === "get") await once();
        return spill.get(ref);
      },
    };
    const host = manualHost();
    const outcomes: Outcome[] = [];
    const handler = recursive<object, Text, string>({
      advanced: { host },
      state: { spill: faulty },
      store: { ...memoryRunStore(), maxBytes: 20_000 },
      driver: callerDriver({ maxBytes: 1_000 }),
      start: () => ({ at: 0, text: "x".repeat(5_000) }),
      async *run({ at, text }) {
        for (let next = at; next < 80; next++) {
          await sleep(host, 1_000);
          yield { at: next + 1, text };
        }
        return text;
      },
    });
    for (let event: object | undefined = {}; event; ) {
      const outcome: Outcome = await host.until(handler(event, invocation(host, 60_000)));
      outcomes.push(outcome);
      event = outcome.status === "continued" ? outcome.continuation : undefined;
    }
    expect(outcomes.map(({ status }) => status)).toEqual(["continued", "done"]);
    expect(calls).toBeGreaterThan(1);
    expect(host.waiting).toBe(0);
  });
});

describe("what is the user's and never answers ends the attempt, and gives the lease back", () => {
  it("start()", async () => {
    const run = workingRun({ start: () => new Promise<number>(() => {}), guards: { maxAttempts: 2 } });
    const beganMs = run.host.nowMs;
    await expect(run.invoke({ upTo: 3 })).rejects.toMatchObject({ code: "HOP_ENDING" });
    expect(run.host.nowMs - beganMs).toBeLessThanOrEqual(9_000);
    expect(await run.store.get("run-1")).toMatchObject({ phase: "handed-off", failures: 1 });
    await expect(run.invoke({ upTo: 3 })).rejects.toMatchObject({ code: "HOP_ENDING" });
    expect(await run.invoke({ upTo: 3 })).toMatchObject({ status: "failed", reason: { code: "MAX_ATTEMPTS" } });
  });

  it("the question whether it is killed", async () => {
    let asked = 0;
    const run = workingRun({ guards: { isKilled: () => (++asked === 1 ? new Promise<boolean>(() => {}) : false) } });
    await expect(run.invoke({ upTo: 3 })).rejects.toMatchObject({ code: "CALL_TIMEOUT" });
    expect(await run.invoke({ upTo: 3 })).toMatchObject({ status: "done" });
  });
});

describe("an attempt that ended by a service's trouble does not count towards maxAttempts", () => {
  const throttled = Object.assign(new Error("slower"), {
    name: "ThrottlingException",
    $metadata: { httpStatusCode: 400 },
  });
  it.each<[string, unknown, string]>([
    ["a throttled service", throttled, "done"],
    ["a broken connection", Object.assign(new Error("reset"), { code: "ECONNRESET" }), "done"],
    ["a call that was wrapped in an error of one's own", new Error("no rows", { cause: throttled }), "done"],
    ["a fault of the work", new TypeError("x is not a function"), "failed"],
  ])("%s", async (_, error, end) => {
    let troubles = 0;
    const run = workingRun({
      guards: { maxAttempts: 3 },
      onItem(item) {
        if (item === 0 && troubles++ < 10) throw error;
      },
    });
    let outcome: { readonly status: string } | undefined;
    for (let attempt = 0; attempt < 20 && outcome === undefined; attempt++) {
      outcome = await run.invoke({ upTo: 3 }).catch(() => undefined);
    }
    expect(outcome).toMatchObject({ status: end });
    expect(troubles).toBe(end === "done" ? 11 : 3);
  });

  it("nor does one that a store's trouble ended after it had begun", async () => {
    const store = faultyStore(memoryRunStore(), (name, call): StoreFault | undefined =>
      name === "finish" && call < 60 ? "is throttled" : undefined,
    );
    const run = workingRun({ store, guards: { maxAttempts: 1 } });
    let outcome: { readonly status: string } | undefined;
    for (let attempt = 0; attempt < 60 && outcome === undefined; attempt++) {
      outcome = await run.invoke({ upTo: 0 }).catch(() => undefined);
    }
    expect(outcome).toMatchObject({ status: "done" });
  });
});
