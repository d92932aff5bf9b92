import { describe, expect, it } from "vitest";
import { idle, invocation, manualHost } from "../test/manual-host.ts";
import { itemsFrom, workingRun } from "../test/working-run.ts";
import { sleep } from "./host.ts";
import { callerDriver, type Outcome, type RunEvent, recursive } from "./index.ts";
import type { Fence } from "./parts.ts";

const handOffOf = (events: readonly RunEvent[]) => events.find((event) => event.type === "handoff");

describe("a hop ends at the last safe point before its time is over", () => {
  it("and not much earlier", async () => {
    const { invoke, events, host } = workingRun();
    const beganMs = host.nowMs;
    await invoke({ upTo: 40 });
    const usedMs = host.nowMs - beganMs;
    expect(usedMs).toBeLessThanOrEqual(9_000);
    expect(usedMs).toBeGreaterThanOrEqual(6_000);
    expect(handOffOf(events)).toMatchObject({ cause: "budget" });
  });

  it("later in the second hop, which knows what the first one learned", async () => {
    const { follow, events } = workingRun({ timeoutMs: 6_000 });
    await follow({ upTo: 60 });
    const steps = events.filter((event) => event.type === "handoff").map(({ steps }) => steps);
    expect(steps[1]).toBeGreaterThan(steps[0]!);
  });

  it("though a step takes as long as the whole hop: it is the first", async () => {
    const { follow, items } = workingRun({ timeoutMs: 2_100 });
    expect(await follow({ upTo: 4 })).toMatchObject({ status: "done" });
    expect(items).toEqual(itemsFrom(0, 4));
  });
});

describe("a step that does not end is given up, and the run handed off from the last safe point", () => {
  const stuckAt = (item: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const fences: Fence[] = [];
    const run = workingRun({
      onItem(at, { run: { fence, hop } }) {
        fences.push(fence);
        return at === item && hop === 0 ? promise : undefined;
      },
    });
    return { ...run, wake: resolve, fences };
  };

  it("within the reserve", async () => {
    const { invoke, host, sent, events } = stuckAt(2);
    const beganMs = host.nowMs;
    const outcome = await invoke({ upTo: 40 });
    expect(outcome).toMatchObject({ status: "continued", message: "to be continued from [2]" });
    expect(sent).toMatchObject([{ hop: 1, event: { position: 2 } }]);
    expect(handOffOf(events)).toMatchObject({ cause: "watchdog" });
    expect(host.nowMs - beganMs).toBe(9_250); // a quarter of the reserve is the step's grace
  });

  it("from where it began, if it never came to a safe point", async () => {
    const { invoke, sent } = stuckAt(0);
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "continued", message: "to be continued from [0]" });
    expect(sent).toMatchObject([{ event: { position: 0, longhaul: { stats: { stalledHops: 1 } } } }]);
  });

  it("and when it wakes in a later invocation of the thawed container, it can neither yield nor commit", async () => {
    const { invoke, wake, sent, items, events, fences, host, store } = stuckAt(2);
    await invoke({ upTo: 40 });
    const [next] = sent.splice(0);
    const before = events.length;
    const later = invoke(next!.event);
    await idle();
    wake();
    await later;
    // The zombie finished the statement it was in (item 2) and went no further: every later item is the new hop's.
    expect(items.filter((item) => item === 2)).toHaveLength(2);
    expect(items.filter((item) => item > 2)).toEqual(itemsFrom(3, 3 + items.filter((item) => item > 2).length));
    expect(fences[0]?.isLive).toBe(false);
    expect(() => fences[0]?.assert()).toThrow(expect.objectContaining({ code: "FENCED" }));
    expect(events.slice(before).every(({ hop }) => hop === 1)).toBe(true);
    expect(sent).toHaveLength(1);
    expect((await store.get("run-1"))?.hop).toBe(2);
    expect(host.waiting).toBe(0);
  });

  it("and when it wakes during the hand-off, its safe point comes too late", async () => {
    const run = stuckAt(2);
    const { handOff } = run.store;
    Object.assign(run.store, {
      async handOff(write: Parameters<typeof handOff>[0]) {
        run.wake();
        await sleep(run.host, 1);
        return handOff(write);
      },
    });
    await run.invoke({ upTo: 40 });
    expect(run.items).toEqual([0, 1, 2]);
    expect(run.sent).toMatchObject([{ event: { position: 2 } }]);
    expect(handOffOf(run.events)).toMatchObject({ steps: 2 });
  });

  it("and what it registers then is not asked", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const persisted: string[] = [];
    const run = workingRun({
      async onItem(at, context) {
        if (at !== 1 || context.run.hop !== 0) return;
        await promise;
        context.onPersist((state) => {
          persisted.push("zombie");
          return state;
        });
        context.progress({ items: 666 });
      },
    });
    await run.invoke({ upTo: 20 });
    resolve();
    await run.follow(run.sent.shift()!.event);
    expect(persisted).toEqual([]);
    expect(run.events.at(-1)).toMatchObject({ type: "done", progress: {} });
  });
});

describe("a step that heeds the signal ends in time", () => {
  const steps: Record<string, (signal: AbortSignal) => Promise<void>> = {
    "by the signal's own reason": (signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    "by an AbortError, as fetch and the SDK do": (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(Object.assign(new Error("aborted"), { name: "AbortError" }))),
      ),
    "by an error of its own that keeps the reason": (signal) =>
      new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("download failed", { cause: signal.reason }))),
      ),
    "by coming to a safe point": (signal) =>
      new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
  };

  it.each(Object.keys(steps))("%s", async (how) => {
    const { invoke, events, sent, host } = workingRun({
      onItem: (at, { signal }) => (at === 3 ? steps[how]!(signal) : undefined),
    });
    const beganMs = host.nowMs;
    expect(await invoke({ upTo: 40 })).toMatchObject({ status: "continued" });
    expect(sent).toMatchObject([{ event: { position: how === "by coming to a safe point" ? 4 : 3 } }]);
    expect(handOffOf(events)).toMatchObject({ cause: "watchdog" });
    expect(host.nowMs - beganMs).toBe(9_000);
  });

  it("but a failure is a failure, whatever the time", async () => {
    const { invoke, sent } = workingRun({
      async onItem(at, { signal }) {
        if (at !== 3) return;
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        throw new TypeError("a bug");
      },
    });
    await expect(invoke({ upTo: 40 })).rejects.toThrow("a bug");
    expect(sent).toEqual([]);
  });

  it.each([null, undefined, "a text"])("nor is one that is no error taken for an abort: %j", async (thrown) => {
    const { begin, host } = workingRun({
      async onItem(at, { signal }) {
        if (at !== 3) return;
        await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
        throw thrown;
      },
    });
    const ended = begin({ upTo: 40 }).then(
      () => "went on",
      (error: unknown) => ({ failed: error }),
    );
    expect(await host.until(ended)).toEqual({ failed: thrown });
  });

  it("and an abort of the work's own is a failure before the time", async () => {
    const { invoke } = workingRun({
      onItem: () => Promise.reject(Object.assign(new Error("mine"), { name: "AbortError" })),
    });
    await expect(invoke({ upTo: 40 })).rejects.toThrow("mine");
  });
});

describe("the generator's finally blocks", () => {
  const withFinally = (close: () => Promise<void> | void) => {
    const host = manualHost();
    const log: string[] = [];
    const handler = recursive<object, number>({
      advanced: { host },
      time: { reserveMs: 1_000 },
      state: { key: "position" },
      driver: { name: "log", maxBytes: 1e6, send: async () => void log.push("handed off") },
      start: () => 0,
      async *run(position) {
        try {
          for (let at = position; ; at++) {
            await sleep(host, 1_000);
            yield at + 1;
          }
        } finally {
          await close();
          log.push("closed");
        }
      },
    });
    return { log, host, outcome: () => host.until(handler({}, invocation(host, 10_000))) };
  };

  it("run before the hand-off", async () => {
    const { log, outcome } = withFinally(() => {});
    expect(await outcome()).toMatchObject({ status: "continued" });
    expect(log).toEqual(["closed", "handed off"]);
  });

  it("do not cost it if they hang", async () => {
    const { log, outcome } = withFinally(() => new Promise(() => {}));
    expect(await outcome()).toMatchObject({ status: "continued" });
    expect(log).toEqual(["handed off"]);
  });

  it("fail the hop if they fail: what they were to finish is not finished", async () => {
    const { log, outcome } = withFinally(() => Promise.reject(new Error("could not flush")));
    await expect(outcome()).rejects.toThrow("could not flush");
    expect(log).toEqual([]);
  });
});

describe("work may be a synchronous generator", () => {
  it("from the first item to the last", async () => {
    const host = manualHost();
    const items: number[] = [];
    const handler = recursive<{ upTo: number }, number, string>({
      advanced: { host },
      driver: callerDriver(),
      state: { key: "position" },
      start: () => 0,
      *run(position, { event }) {
        for (let at = position; at < event.upTo; at++) {
          host.advance(700);
          items.push(at);
          yield at + 1;
        }
        return "all of it";
      },
    });
    let outcome: Outcome<string>;
    let event: object = { upTo: 30 };
    for (;;) {
      outcome = await handler(event as never, invocation(host, 10_000));
      if (outcome.status !== "continued") break;
      event = outcome.continuation!;
    }
    expect(outcome).toMatchObject({ status: "done", hop: expect.any(Number), result: "all of it" });
    expect(outcome.hop).toBeGreaterThan(1);
    expect(items).toEqual(itemsFrom(0, 30));
  });

  it("and one that blocks the event loop past the reserve ends at its next safe point", async () => {
    const host = manualHost();
    const sent: object[] = [];
    const handler = recursive<object, number>({
      advanced: { host },
      time: { reserveMs: 1_000 },
      driver: { name: "log", maxBytes: 1e6, send: async ({ event }) => void sent.push(event) },
      start: () => 0,
      *run() {
        host.block(9_500);
        yield 1;
        throw new Error("must not be reached");
      },
    });
    expect(await handler({}, invocation(host, 10_000))).toMatchObject({
      status: "continued",
      message: "to be continued from [1]",
    });
    expect(sent).toHaveLength(1);
  });
});

describe("a hop that has ended leaves nothing behind in the container", () => {
  it.each<[string, () => ReturnType<typeof workingRun>, object]>([
    ["done", () => workingRun(), { upTo: 2 }],
    ["handed off", () => workingRun(), { upTo: 40 }],
    ["failed", () => workingRun({ onItem: () => Promise.reject(new Error("boom")) }), { upTo: 2 }],
    ["stopped", () => workingRun({ guards: { isKilled: () => true } }), { upTo: 2 }],
    ["watched at intervals", () => workingRun({ time: { watchdogIntervalMs: 100 } }), { upTo: 40 }],
  ])("%s", async (_, make, event) => {
    const { host, begin } = make();
    const ending = begin(event).catch(() => undefined);
    await host.until(ending);
    expect(host.waiting).toBe(0);
  });
});
