import { describe, expect, it } from "vitest";
import type { OutsideRequest } from "./outside.ts";
import { simulate } from "./simulate.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { SimulationResult } from "./simulation-result.ts";
import type { TraceEvent, TraceEventOf } from "./trace.ts";

/** Thirty items of a second each, in hops of at most ten seconds. */
function items(world: SimulatedHost, version?: "pin") {
  return world.recursive({
    ...(version && { version }),
    start: () => ({ next: 0 }),
    async *run({ next }, { signal, run }) {
      for (let item = next; item < 30; item++) {
        await world.step(1_000, { signal });
        await world.effect(`item-${item}`, world.version, { fence: run.fence });
        yield { next: item + 1 };
      }
      return "all of it";
    },
  });
}

function asked(outside: readonly OutsideRequest[], options: Partial<SimulateOptions> = {}): Promise<SimulationResult> {
  return simulate({
    seed: 7,
    faults: { from: "calm", coldStart: 0 },
    timeoutMs: 10_000,
    redrive: false,
    handler: (world) => items(world),
    outside,
    ...options,
  });
}

function all<Type extends TraceEvent["type"]>({ trace }: SimulationResult, type: Type): TraceEventOf<Type>[] {
  return trace.filter((event): event is TraceEventOf<Type> => event.type === type);
}

function refusals(result: SimulationResult): (string | undefined)[] {
  return all(result, "write")
    .filter(({ op, answer }) => op === "begin" && answer === "refused")
    .map(({ refusal }) => refusal);
}

describe("a simulation does from outside what it is asked, at the moment", () => {
  it("kills the process of the running invocation; the next attempt of its hop completes the run", async () => {
    const result = await asked([{ ask: "kill", atMs: 3_000 }]);
    expect(all(result, "crashed")).toMatchObject([{ at: 3_000, hop: 0, where: "by hand" }]);
    expect(all(result, "write").filter(({ op, attempt }) => op === "begin" && attempt === 2)).toHaveLength(1);
    expect(result.outcome).toBe("done");
  });

  it("freezes it, for so long", async () => {
    const result = await asked([{ ask: "freeze", atMs: 3_500, forMs: 4_000 }]);
    const ofFirst = result.trace.filter(({ type, hop }) => type === "safe-point" && hop === 0).map(({ at }) => at);
    expect(ofFirst.filter((at) => at > 3_500 && at < 7_500)).toEqual([]);
    expect(result.outcome).toBe("done");
  });

  it.each<[atMs: number, refusal: string]>([
    [3_000, "lease-live"],
    [300_000, "over"],
  ])("delivers an event once more, which is refused: at %d ms, %s", async (atMs, refusal) => {
    const result = await asked([{ ask: "duplicate", atMs }]);
    expect(refusals(result)).toEqual([refusal]);
    expect(result.effects.attempts).toHaveLength(30);
  });

  it("loses the next event; the sweeper sends the hop again", async () => {
    const result = await asked([{ ask: "lose", atMs: 3_000 }]);
    expect(
      all(result, "sent")
        .map(({ by, deliveries }) => `${by} ${deliveries}`)
        .slice(0, 3),
    ).toEqual(["cause 1", "hop 0", "sweeper 1"]);
    expect(result.outcome).toBe("done");
  });

  it("deploys a version, which the next hop runs on; a run that is pinned stays", async () => {
    const outside: OutsideRequest[] = [{ ask: "deploy", atMs: 3_000 }];
    const versions = (result: SimulationResult) => all(result, "invoked").map(({ version }) => version);
    const moves = versions(await asked(outside));
    expect(moves[0]).toBe(1);
    expect(new Set(moves.slice(1))).toEqual(new Set([2]));
    const stays = await asked(outside, { handler: (world) => items(world, "pin") });
    expect(new Set(versions(stays))).toEqual(new Set([1]));
    expect(stays.outcome).toBe("done");
  });

  it("deploys where only one container may be, which the new version takes", async () => {
    const result = await asked([{ ask: "deploy", atMs: 3_000 }], { maxContainers: 1 });
    expect(result.outcome).toBe("done");
  });

  it("says that there was nothing to do it to", async () => {
    const late: OutsideRequest[] = (["kill", "freeze", "pause"] as const).map((ask) => ({ ask, atMs: 300_000 }));
    const result = await asked([...late, { ask: "stop", atMs: 3_000 }], { store: false });
    expect(all(result, "asked").map(({ ask, isTaken }) => `${ask} ${isTaken}`)).toEqual([
      "stop false",
      "kill false",
      "freeze false",
      "pause false",
    ]);
  });

  it("changes nothing of what came before", async () => {
    const before = (result: SimulationResult) => result.trace.filter(({ at }) => at < 20_000);
    const faults = { from: "chaos" } as const;
    const [without, withAll] = await Promise.all([
      asked([], { faults }),
      asked(
        (["kill", "freeze", "duplicate", "lose", "deploy", "pause", "resume"] as const).map((ask, nth) => ({
          ask,
          atMs: 20_000 + nth,
        })),
        { faults },
      ),
    ]);
    expect(before(without).length).toBeGreaterThan(20);
    expect(before(withAll)).toEqual(before(without));
  });
});

it("a simulation can be watched: each event of the trace is told when it happens", async () => {
  const told: TraceEvent[] = [];
  const { trace } = await asked([], { onTrace: (event) => void told.push(event) });
  expect(told).toEqual(trace);
});
