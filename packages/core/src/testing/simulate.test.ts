import { describe, expect, it, vi } from "vitest";
import { ConfigError } from "../errors.ts";
import type { SimulatedHandler } from "./container.ts";
import { formatTrace } from "./format-trace.ts";
import { InvariantError } from "./invariant-error.ts";
import { simulate } from "./simulate.ts";
import { type SimulateManyOptions, simulateMany } from "./simulate-many.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { TraceEventOf } from "./trace.ts";
import { noTimeouts } from "./work-checks.ts";

const worker =
  (items = 8, stepMs = 3_000) =>
  (world: SimulatedHost): SimulatedHandler =>
    world.recursive<object, number>({
      start: () => 0,
      async *run(position, { signal }) {
        for (let at = position; at < items; at++) {
          await world.step(world.random.logNormal(stepMs, 0.4), { signal });
          await world.effect(`item-${at}`, "done");
          yield at + 1;
        }
      },
    });

const calm = { seed: 1, faults: "calm", timeoutMs: 20_000 } satisfies Partial<SimulateOptions>;

/** A handler that is not recursive at all, to see the platform alone. */
const bare =
  (body: (world: SimulatedHost, call: number) => Promise<void>) =>
  (world: SimulatedHost): SimulatedHandler => {
    let calls = 0;
    return async () => {
      await body(world, ++calls);
      return { status: "done", run: "bare", hop: 0, message: "", result: undefined };
    };
  };

function only<Type extends "invoked" | "timed-out" | "threw" | "effect" | "crashed" | "thawed">(
  result: Awaited<ReturnType<typeof simulate>>,
  type: Type,
): TraceEventOf<Type>[] {
  return result.trace.filter((event): event is TraceEventOf<Type> => event.type === type);
}

describe("a simulation is decided by its seed", () => {
  it("gives the same trace for the same seed, byte for byte, and another for another", async () => {
    const run = async (seed: number) => {
      const { trace, effects, stats } = await simulate({ handler: worker(), timeoutMs: 20_000, seed });
      return JSON.stringify({ trace, effects: [...effects.values], attempts: effects.attempts, stats });
    };
    for (let seed = 0; seed < 50; seed++) expect(await run(seed)).toBe(await run(seed));
    expect(await run(1)).not.toBe(await run(2));
  });

  it("takes no real time, however long the run", async () => {
    const result = await simulate({ ...calm, timeoutMs: 900_000, handler: worker(100, 60_000) });
    expect(result.outcome).toBe("done");
    expect(result.endedAtMs).toBeGreaterThan(3_600_000);
    // With real time the test would be ended by its limit.
  });

  it.each([
    ["a seed that is no whole number", { seed: 0.5 }, "seed"],
    ["a timeout of nothing", { timeoutMs: 0 }, "timeoutMs"],
    ["no event at all", { events: [] }, "events"],
    ["steps that end before they begin", { stepMs: [2, 1] as const }, "stepMs"],
    ["an unknown fault", { faults: { crsh: 0.1 } as object }, "crsh"],
    ["a rate above 1", { faults: { crash: 2 } }, "faults.crash"],
  ])("refuses %s", async (_, options, named) => {
    const pending = simulate({ ...calm, handler: worker(), ...options });
    await expect(pending).rejects.toThrow(ConfigError);
    await expect(pending).rejects.toThrow(named);
  });
});

describe("the simulated platform", () => {
  it("fails with the error of a module that does not load", async () => {
    const load = () => {
      throw new Error("no such table");
    };
    await expect(simulate({ ...calm, handler: load })).rejects.toThrow("no such table");
    await expect(simulate({ ...calm, handler: async () => load() })).rejects.toThrow("no such table");
  });

  it("kills at the timeout and tries the event twice more, after about one and two minutes, as the same request", async () => {
    const result = await simulate({ ...calm, store: false, handler: bare((world) => world.sleep(30_000)) });
    const invoked = only(result, "invoked");
    expect(invoked.map(({ retry }) => retry)).toEqual([0, 1, 2]);
    expect(new Set(invoked.map(({ requestId }) => requestId)).size).toBe(1);
    expect(new Set(invoked.map(({ container }) => container)).size).toBe(3);
    const [first, second, third] = only(result, "timed-out").map(({ at }) => at);
    expect(invoked[1]!.at - first!).toBeGreaterThan(54_000);
    expect(invoked[2]!.at - second!).toBeGreaterThan(108_000);
    expect(third).toBe(invoked[2]!.deadlineAt);
    expect(result.outcome).toBe("on-failure");
  });

  it("lets the code go on after the timeout where it does not kill, with time below 0", async () => {
    const remaining: number[] = [];
    const handler = (world: SimulatedHost): SimulatedHandler => {
      return async (_, context) => {
        await world.sleep(25_000);
        remaining.push(context.getRemainingTimeInMillis());
        return { status: "done", run: "bare", hop: 0, message: "", result: undefined };
      };
    };
    const result = await simulate({ ...calm, store: false, platformKills: false, handler });
    expect(remaining).toEqual([-5_000, -5_000, -5_000]);
    expect(result.trace.filter((event) => event.type === "returned" && event.isLate)).toHaveLength(3);
    expect(result.outcome).toBe("done");
  });

  it("freezes a container between invocations: its timers fire in the next one", async () => {
    const woke: number[] = [];
    const handler = bare(async (world, call) => {
      if (call > 1) return world.sleep(100);
      world.host.timer(1_000, () => woke.push(world.host.now()));
    });
    const events = [{ event: {} }, { event: {}, atMs: 60_000 }];
    const result = await simulate({ ...calm, faults: { coldStart: 0 }, skewMs: 0, store: false, events, handler });
    const [thawed] = only(result, "thawed");
    expect(thawed).toMatchObject({ dueTimers: 1, at: expect.any(Number) });
    expect(thawed!.at).toBeGreaterThan(60_000);
    expect(woke).toEqual([Math.floor(1_767_225_600_000 + thawed!.at)]);
  });

  it("lets nothing of a crashed process run again, except what was already on its way", async () => {
    const handler = bare(async (world, call) => {
      await world.step(10);
      await world.effect("sent", call);
      await world.effect("never", call);
    });
    // Awaits: before and after the step, before and after the effect.
    const result = await simulate({ ...calm, store: false, handler, crashAt: [{ hop: 0, await: 4 }] });
    expect(only(result, "crashed")).toMatchObject([{ where: "after effect sent" }]);
    const attempts = result.effects.attempts.map(({ key, invocation }) => `${key} ${invocation}`);
    expect(attempts).toEqual(["sent 1", "sent 2", "never 2"]);
  });

  it("gives each new container its own module state, and a warm one the same", async () => {
    let loads = 0;
    const handler = (world: SimulatedHost) => {
      loads++;
      return worker()(world);
    };
    const warm = await simulate({ ...calm, faults: { coldStart: 0 }, handler });
    expect(warm.stats.hops).toBeGreaterThan(2);
    expect(loads).toBe(1);
    const cold = await simulate({ ...calm, faults: { coldStart: 1 }, handler });
    expect(loads).toBe(1 + cold.stats.invocations);
  });

  it("has no more containers than it may, however often it would rather start a new one", async () => {
    const living = new Set<number>();
    let most = 0;
    const events = Array.from({ length: 6 }, (_, at) => ({ event: { at } }));
    const faults = { coldStart: 1 };
    const { trace, jobs } = await simulate({ ...calm, faults, maxContainers: 2, events, handler: worker() });
    for (const { type, invocation } of trace) {
      if (invocation === undefined) continue;
      if (type === "invoked") living.add(invocation);
      if (type === "returned" || type === "threw") living.delete(invocation);
      most = Math.max(most, living.size);
    }
    expect(most).toBe(2);
    expect(only({ trace } as never, "invoked").every(({ isCold }) => isCold)).toBe(true);
    expect(jobs.map(({ outcome }) => outcome)).toEqual(Array(6).fill("done"));
  });

  it("waits for something real without virtual time running ahead", async () => {
    const handler = bare(async (world) => {
      const real = new TextEncoder().encode("real");
      const digest = await world.external(crypto.subtle.digest("SHA-256", real));
      await world.effect("digest", digest.byteLength);
    });
    const result = await simulate({ ...calm, store: false, handler });
    expect(result.effects.values.get("digest")).toBe(32);
  });
});

describe("simulateMany() shows how to replay a failure", () => {
  const failing = { seeds: 5, handler: worker(2, 20_000), faults: "calm", timeoutMs: 1_000 } as const;

  it("names the seed, the command and the last events", async () => {
    const stuck = (world: SimulatedHost): SimulatedHandler => bare(() => world.sleep(5_000))(world);
    const pending = simulateMany({ ...failing, handler: stuck, store: false, checks: [noTimeouts], command: "npm t" });
    await expect(pending).rejects.toThrow(InvariantError);
    await expect(pending).rejects.toThrow(
      /^noTimeouts does not hold with seed 0[\s\S]*LONGHAUL_SEED=0 npm t\n[\s\S]*timed out/,
    );
  });

  it("counts what the runs came to", async () => {
    const result = await simulateMany({ seeds: { from: 10, to: 15 }, handler: worker(), faults: "calm" });
    expect(result).toMatchObject({ runs: 5, outcomes: { done: 5, unfinished: 0 }, steps: 40, redriven: 0, crashes: 0 });
  });

  it.each<[string, Partial<SimulateManyOptions>, string]>([
    ["no seed", { seeds: 0 }, "seeds must be 1 or more, not 0"],
    ["seeds from 5 to 5", { seeds: { from: 5, to: 5 } }, "seeds must be 1 or more, not from 5 to 5"],
    ["seeds that are no number", { seeds: Number.NaN }, "seeds must be 1 or more, not NaN"],
    ["work that finds nothing to do", { handler: worker(0) }, "reached a safe point, so nothing was tried"],
    ["an event that leads to nothing", { handler: bare(async () => {}), store: false }, "nothing was tried"],
  ])("fails when nothing was simulated: %s", async (_, options, message) => {
    await expect(simulateMany({ seeds: 2, faults: "calm", handler: worker(), ...options })).rejects.toThrow(message);
  });

  it("fails for a seed to replay that is no number", async () => {
    vi.stubEnv("LONGHAUL_SEED", "abc");
    const pending = simulateMany({ seeds: 2, faults: "calm", handler: worker() });
    await expect(pending).rejects.toThrow('LONGHAUL_SEED must be a whole number from 0, not "abc".');
    vi.unstubAllEnvs();
  });

  it("shows a trace line by line", async () => {
    const result = await simulate({ ...calm, handler: worker() });
    const text = formatTrace(result.trace);
    expect(text.split("\n")).toHaveLength(result.trace.length);
    expect(text).toMatch(/invoked \(cold, retry 0/);
    expect(text).toMatch(/handOff of hop 0 by \S+ accepted -> hop 1 handed-off/);
    expect(formatTrace(result.trace, { last: 2 }).split("\n")).toHaveLength(3);
  });
});
