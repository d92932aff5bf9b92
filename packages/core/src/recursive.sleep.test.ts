import { describe, expect, it } from "vitest";
import { workingRun } from "../test/working-run.ts";
import { runClient, sweep } from "./client.ts";
import { callerDriver, type RecursiveOptions } from "./index.ts";
import type { HandOffMessage } from "./parts.ts";
import { sleepFor } from "./sleep.ts";

const HOUR_MS = 3_600_000;
type Options = RecursiveOptions<{ readonly upTo: number }, number, string>;

/** A run that does an item, then sleeps for an hour, and so on. */
function sleepingRun(options: Partial<Options> = {}, onItem: () => Promise<unknown> = async () => {}) {
  const did: [item: number, hop: number][] = [];
  const run = workingRun({
    async *run(position, { event, run }) {
      for (let at = position; at < event.upTo; at++) {
        did.push([at, run.hop]);
        await onItem();
        yield sleepFor(HOUR_MS, at + 1);
      }
      return "all of it";
    },
    ...options,
  });
  const next = (hop: number) => ({ upTo: 3, longhaul: { v: 1, run: "run-1", hop, startedAt: run.host.nowMs } });
  const driver = { name: "test", maxBytes: 1e6, send: async (message: HandOffMessage) => void run.sent.push(message) };
  const client = runClient({ store: run.store, driver, host: run.host });
  const sweepOnce = () => sweep({ store: run.store, driver, host: run.host });
  return { ...run, did, next, client, sweepOnce };
}

describe("a run that sleeps", () => {
  it("ends its hop, sends nothing, and says until when", async () => {
    const { invoke, host, sent, store, client, events } = sleepingRun();
    const wakeAtMs = host.nowMs + HOUR_MS;
    const wakeAt = new Date(wakeAtMs);
    expect(await invoke({ upTo: 3 })).toMatchObject({ status: "sleeping", hop: 0, wakeAt: wakeAt.toISOString() });
    expect(sent).toEqual([]);
    expect(await store.get("run-1")).toMatchObject({ phase: "sleeping", hop: 1, wakeAtMs, state: '{"value":1}' });
    expect(await client.get("run-1")).toMatchObject({ status: "sleeping", wakeAt, state: 1 });
    expect(events.at(-1)).toMatchObject({ type: "handoff", cause: "sleep" });
  });

  it("does nothing before its time, however often it is sent, and continues then", async () => {
    const { invoke, host, did, next } = sleepingRun();
    await invoke({ upTo: 3 });
    for (const event of [next(0), next(1), next(1)]) {
      expect(await invoke(event)).toMatchObject({ status: "duplicate", refusal: "sleeping", phase: "sleeping" });
    }
    host.advance(HOUR_MS);
    expect(await invoke(next(1))).toMatchObject({ status: "sleeping", hop: 1 });
    expect(await invoke(next(1))).toMatchObject({ status: "duplicate" });
    host.advance(HOUR_MS);
    await invoke(next(2));
    host.advance(HOUR_MS);
    expect(await invoke(next(3))).toMatchObject({ status: "done", result: "all of it" });
    expect(did).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it("is woken by the sweep after its time, and by none before", async () => {
    const { invoke, host, sent, sweepOnce } = sleepingRun();
    await invoke({ upTo: 3 });
    host.advance(HOUR_MS);
    expect(await sweepOnce()).toMatchObject({ due: 0 });
    host.advance(60_001);
    expect(await sweepOnce()).toMatchObject({ due: 1, sent: 1 });
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "sleeping", hop: 1 });
  });

  it("is woken by its channel where that can send later; a retry has it sent again", async () => {
    const later: [hop: number, atMs: number][] = [];
    const driver = {
      ...{ name: "later", maxBytes: 1e6, send: async () => {} },
      async sendAt({ hop }: HandOffMessage, atMs: number) {
        later.push([hop, atMs]);
        return true;
      },
    };
    const { invoke, host, next } = sleepingRun({ driver });
    const wakeAtMs = host.nowMs + HOUR_MS;
    await invoke({ upTo: 3 });
    await invoke(next(0));
    // An event that came too early does not send another.
    await invoke(next(1));
    expect(later).toEqual([
      [1, wakeAtMs],
      [1, wakeAtMs],
    ]);
  });

  it("sleeps although its channel cannot be reached: the sweep wakes it", async () => {
    const driver = {
      ...{ name: "broken", maxBytes: 1e6, send: async () => {} },
      sendAt: () => Promise.reject(Object.assign(new Error("no such queue"), { name: "QueueDoesNotExist" })),
    };
    const { invoke, events } = sleepingRun({ driver });
    expect(await invoke({ upTo: 3 })).toMatchObject({ status: "sleeping" });
    expect(events).toContainEqual(expect.objectContaining({ type: "error" }));
  });

  it("is no older when it wakes, and may sleep at the same state for ever", async () => {
    let polls = 0;
    const { invoke, host, next, store } = sleepingRun({
      guards: { maxDurationMs: HOUR_MS / 2, maxStalledHops: 1 },
      async *run(position) {
        while (++polls < 6) yield sleepFor(HOUR_MS, position);
        return "it came";
      },
    });
    await invoke({ upTo: 1 });
    for (let hop = 1; hop <= 4; hop++) {
      host.advance(HOUR_MS);
      expect(await invoke(next(hop))).toMatchObject({ status: "sleeping" });
    }
    host.advance(HOUR_MS);
    expect(await invoke(next(5))).toMatchObject({ status: "done", result: "it came" });
    expect((await store.get("run-1"))?.sleptMs).toBeGreaterThanOrEqual(5 * (HOUR_MS - 1));
  });

  it("needs something that remembers its time", async () => {
    const { invoke } = sleepingRun({ store: undefined });
    await expect(invoke({ upTo: 3 })).rejects.toMatchObject({ code: "CONFIG" });
  });

  it.each(["with a store", "without one"])("lets a caller wait that invokes again, %s", async (which) => {
    const run = sleepingRun({ driver: callerDriver(), ...(which === "without one" && { store: undefined }) });
    const { invoke, host, did } = run;
    let outcome = await invoke({ upTo: 2 });
    while (outcome.status === "sleeping") {
      const { wakeAt, continuation = {} } = outcome;
      if (which === "with a store") {
        // One that asks too early is told again.
        expect(await invoke(continuation)).toMatchObject({ status: "sleeping", wakeAt, continuation });
      }
      host.advance(Date.parse(wakeAt) - host.nowMs);
      outcome = await invoke(continuation);
    }
    expect(outcome).toMatchObject({ status: "done", result: "all of it" });
    expect(did.map(([item]) => item)).toEqual([0, 1]);
  });
});

describe("a sleeper does what it is asked at once", () => {
  it("stops, and sleeps on until its time when it is resumed before", async () => {
    const { invoke, host, next, client, sent } = sleepingRun();
    const wakeAt = new Date(host.nowMs + HOUR_MS);
    await invoke({ upTo: 3 });
    expect(await client.stop("run-1")).toMatchObject({ status: "stopped", reason: { code: "STOP_REQUESTED" }, wakeAt });
    expect(await invoke(next(1))).toMatchObject({ status: "duplicate", refusal: "over" });
    expect(await client.resume("run-1")).toMatchObject({ status: "sleeping", wakeAt });
    expect(sent).toEqual([]);
    expect(await invoke(next(1))).toMatchObject({ status: "duplicate", refusal: "sleeping" });
    host.advance(HOUR_MS);
    expect(await invoke(next(1))).toMatchObject({ status: "sleeping", hop: 1 });
  });

  it("pauses, and continues at once when it is resumed after its time", async () => {
    const { invoke, host, client, sent } = sleepingRun();
    await invoke({ upTo: 3 });
    expect(await client.pause("run-1")).toMatchObject({ status: "paused" });
    host.advance(2 * HOUR_MS);
    expect(await client.resume("run-1")).toMatchObject({ status: "running" });
    expect(await invoke(sent[0]?.event ?? {})).toMatchObject({ status: "sleeping", hop: 1 });
  });

  it("also if it was asked while the hop ran that put it to sleep", async () => {
    const run: ReturnType<typeof sleepingRun> = sleepingRun({}, () => run.client.stop("run-1"));
    expect(await run.invoke({ upTo: 3 })).toMatchObject({ status: "sleeping" });
    expect(await run.client.get("run-1")).toMatchObject({ status: "stopped", reason: { code: "STOP_REQUESTED" } });
  });
});
