import { FailRunError } from "@longhaul/core";
import { describe, expect, it } from "vitest";
import { pausesOnly } from "../../test/pauses-only.ts";
import { slowDown } from "../../test/s3-errors.ts";
import type { ListedObject } from "../listing/listed-page.ts";
import type { HopLimits } from "../runs/walk-action.ts";
import { Semaphore } from "../semaphore.ts";
import { eachWork } from "./each-work.ts";
import { ActionHealth } from "./object-retries.ts";
import type { ObjectTries } from "./try-object.ts";

const objects = (count: number): ListedObject[] =>
  Array.from({ length: count }, (_, i) => ({ key: `k${i}`, size: i, lastModified: "", etag: "", storageClass: "" }));
const hopOf = (more: Partial<HopLimits> = {}): HopLimits => ({
  ...{ signal: new AbortController().signal, usableMs: 100_000, onStarted: () => {} },
  ...more,
});

/** Time that passes when it is told to; pauses are over at once. */
function manualClock() {
  const timers = new Map<() => void, number>();
  return {
    timer(delayMs: number, fire: () => void) {
      if (delayMs === 0) return pausesOnly(0, fire);
      timers.set(fire, delayMs);
      return () => void timers.delete(fire);
    },
    random: () => 0,
    /** Delays of the timers that are running. */
    get running() {
      return [...timers.values()];
    },
    /** Lets all limits that are running pass. */
    pass() {
      for (const fire of [...timers.keys()]) {
        timers.delete(fire);
        fire();
      }
    },
  };
}

const triesOf = (host: ObjectTries["host"] = { timer: pausesOnly, random: () => 0 }): ObjectTries => ({
  ...{ tries: 3, timeoutMs: 30_000, health: new ActionHealth(), host },
});

describe("work on each object", () => {
  it("goes on for no more objects at once than it is allowed, over all pages", async () => {
    let running = 0;
    let most = 0;
    const done: string[] = [];
    const work = eachWork({
      name: "each",
      semaphore: new Semaphore(3),
      tries: triesOf(),
      async work({ key }) {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
        done.push(key);
      },
    });
    const failures = await Promise.all([objects(20), objects(20)].map((page) => work(page, hopOf())));
    expect(failures).toEqual([[], []]);
    expect(most).toBe(3);
    expect(done.sort()).toEqual([...objects(20), ...objects(20)].map(({ key }) => key).sort());
  });

  it("is tried again if it throws, and then given up by name, while the others go on", async () => {
    const tries: Record<string, number> = {};
    const work = eachWork({
      name: "each",
      semaphore: new Semaphore(1),
      tries: triesOf(),
      async work({ key }) {
        tries[key] = (tries[key] ?? 0) + 1;
        if (key === "k1" || (key === "k2" && tries[key] < 3)) throw new TypeError("no luck");
      },
    });
    expect(await work(objects(4), hopOf())).toEqual([{ key: "k1", code: "TypeError", message: "no luck" }]);
    expect(tries).toEqual({ k0: 1, k1: 3, k2: 3, k3: 1 });
  });

  it("is done though a service refuses three of ten calls", async () => {
    let calls = 0;
    const work = eachWork({
      ...{ name: "each", semaphore: new Semaphore(8), tries: triesOf() },
      work: () => ((calls++ * 7) % 10 < 3 ? Promise.reject(slowDown()) : Promise.resolve()),
    });
    expect(await work(objects(500), hopOf())).toEqual([]);
    expect(calls).toBeGreaterThan(600);
  });

  it("ends with the signal's reason when time is up, begins nothing more, and gives its places back", async () => {
    const controller = new AbortController();
    const reason = new Error("the hop is ending");
    const semaphore = new Semaphore(2);
    const begun: string[] = [];
    const work = eachWork({
      name: "each",
      semaphore,
      tries: triesOf(),
      async work({ key }, given) {
        begun.push(key);
        if (key === "k3") controller.abort(reason);
        given.throwIfAborted();
      },
    });
    await expect(work(objects(50), hopOf({ signal: controller.signal }))).rejects.toBe(reason);
    expect(begun.length).toBeLessThan(7);
    await Promise.all([semaphore.acquire(), semaphore.acquire()]);
  });

  it("that throws a FailRunError ends the run with it, and begins nothing more", async () => {
    const fatal = new FailRunError("the licence ran out");
    const begun: string[] = [];
    const work = eachWork({
      ...{ name: "each", semaphore: new Semaphore(2), tries: triesOf() },
      async work({ key }) {
        begun.push(key);
        if (key === "k1") throw fatal;
      },
    });
    await expect(work(objects(50), hopOf())).rejects.toBe(fatal);
    expect(begun.length).toBeLessThan(10);
  });
});

describe("an object whose work never ends", () => {
  const hanging = (clock: ReturnType<typeof manualClock>, semaphore: Semaphore) => {
    const begun: string[] = [];
    const done: string[] = [];
    const aborted: string[] = [];
    const work = eachWork({
      ...{ name: "each", semaphore, tries: triesOf(clock) },
      work({ key }, signal) {
        begun.push(key);
        signal.addEventListener("abort", () => aborted.push(key));
        if (key === "k2") return new Promise(() => {});
        done.push(key);
        return Promise.resolve();
      },
    });
    return { work, begun, done, aborted };
  };
  const settle = async () => {
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  };

  it("holds up no other, and is among the failures with its reason", async () => {
    const clock = manualClock();
    const semaphore = new Semaphore(2);
    const { work, begun, done, aborted } = hanging(clock, semaphore);
    let hasStarted = false;
    const working = work(objects(40), hopOf({ onStarted: () => (hasStarted = true) }));
    await settle();
    expect(done).toHaveLength(39);
    expect(hasStarted).toBe(true);
    expect(clock.running).toEqual([30_000]);
    clock.pass();
    await settle();
    clock.pass();
    expect(await working).toEqual([
      {
        key: "k2",
        code: "OBJECT_TIMEOUT",
        message: expect.stringMatching(/^each of "k2" did not end within 30000 ms\. .*OBJECT_TIMEOUT_MS/),
      },
    ]);
    expect(begun.filter((key) => key === "k2")).toHaveLength(2);
    expect(aborted).toEqual(["k2", "k2"]);
    await Promise.all([semaphore.acquire(), semaphore.acquire()]);
  });

  it("gets nine tenths of an invocation that is shorter than its limit, so that it ends within one", async () => {
    const clock = manualClock();
    const { work } = hanging(clock, new Semaphore(50));
    const working = work(objects(40), hopOf({ usableMs: 10_000 }));
    await settle();
    expect(clock.running).toEqual([9_000]);
    clock.pass();
    expect(await working).toHaveLength(1);
  });
});
