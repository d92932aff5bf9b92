import { describe, expect, it } from "vitest";
import { memoryRunStore } from "../state/memory-run-store.ts";
import type { RunHistory, RunRecord, RunStore } from "../state/run-store.ts";
import type { Check } from "./check.ts";
import { InvariantError } from "./invariant-error.ts";
import { atMostOneLiveHop, neverTwoSuccessors, noCommitOfAnOlderHop, stateNeverGoesBack } from "./lease-checks.ts";
import { outcomesAreTrue } from "./outcome-checks.ts";
import { aMissingRecordIsAnError, parametersComeFromTheRecord } from "./record-checks.ts";
import { rewoundRunsBeginAgain } from "./rewind-checks.ts";
import { simulate } from "./simulate.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { SimulatedHost } from "./simulated-host.ts";
import type { SimulationResult } from "./simulation-result.ts";
import { standardChecks } from "./standard-checks.ts";
import {
  everyItemAtLeastOnce,
  exactlyOnceWhereIdempotent,
  noStepTheBudgetCouldNotHold,
  noTimeouts,
  theRunEnds,
  timersOfEndedHopsNeverFire,
} from "./work-checks.ts";

const ITEMS = 8;
const keys = Array.from({ length: ITEMS }, (_, at) => `item-${at}`);
const expected = Object.fromEntries(keys.map((key) => [key, "done"]));

interface Defects {
  /** Yields a state before the work that it claims is done. */
  readonly yieldsTooEarly?: boolean;
  /** Writes what differs between two attempts. */
  readonly writesTime?: boolean;
  readonly reserveMs?: number;
  readonly keepsHistory?: boolean;
}

const worker =
  ({ yieldsTooEarly = false, writesTime = false, reserveMs, keepsHistory }: Defects = {}) =>
  (world: SimulatedHost) =>
    world.recursive<object, number>({
      ...(reserveMs !== undefined && { time: { reserveMs } }),
      ...(keepsHistory && { history: { hops: 3 } }),
      runId: () => "one",
      start: () => 0,
      async *run(position, { signal, run }) {
        for (let at = position; at < ITEMS; at++) {
          if (yieldsTooEarly) yield at + 1;
          await world.step(3_000, { signal });
          const value = writesTime ? world.host.now() : "done";
          await world.effect(`item-${at}`, value, { fence: run.fence });
          if (!yieldsTooEarly) yield at + 1;
        }
      },
    });

/** A store that does not ask who writes. */
function carelessStore(records: Map<string, RunRecord>): RunStore {
  const honest = memoryRunStore(records);
  const asOwner = <Request extends { run: string; hop: number; owner: string; epoch: number }>(
    request: Request,
  ): Request => {
    const record = records.get(request.run);
    if (!record) return request;
    const owner = record.owner ?? request.owner;
    records.set(request.run, { ...record, phase: "running", owner });
    return { ...request, owner, hop: record.hop, epoch: record.epoch };
  };
  return {
    ...honest,
    checkpoint: (request) => honest.checkpoint(asOwner(request)),
    handOff: (request) => honest.handOff(asOwner(request)),
    release: (request) => honest.release(asOwner(request)),
    finish: (request) => honest.finish(asOwner(request)),
  };
}

/** A store whose history does something else. */
function storeWith(change: (history: RunHistory, records: Map<string, RunRecord>) => Partial<RunHistory>) {
  return (records: Map<string, RunRecord>): RunStore => {
    const honest = memoryRunStore(records);
    return { ...honest, history: { ...honest.history!, ...change(honest.history!, records) } };
  };
}

/** A store that gives the lease to everybody who asks. */
function generousStore(records: Map<string, RunRecord>): RunStore {
  const honest = memoryRunStore(records);
  return {
    ...honest,
    begin: (request) => {
      const record = records.get(request.run);
      if (record?.phase === "running") records.set(request.run, { ...record, leaseUntilMs: 0 });
      return honest.begin(request);
    },
  };
}

/** Looks for a seed with which the check fails; the first error, or `undefined` if all hold. */
async function firstFailure(
  check: Check,
  options: Omit<SimulateOptions, "seed" | "handler"> & Partial<Pick<SimulateOptions, "handler">>,
  seeds = 150,
): Promise<InvariantError | undefined> {
  for (let seed = 0; seed < seeds; seed++) {
    const result = await simulate({ handler: worker(), timeoutMs: 20_000, faults: "calm", ...options, seed });
    try {
      check(result);
    } catch (error) {
      if (error instanceof InvariantError) return error;
      throw error;
    }
  }
  return undefined;
}

const duplicates = { faults: { duplicated: 0.8 } } as const;
const rewinds = {
  handler: worker({ keepsHistory: true }),
  outside: [{ ask: "rewind", atMs: [0, 40_000] }],
} as const;
const stuck = { faults: { stuckStep: 0.3 } } as const;
const zombies = {
  platformKills: false,
  invocationsPerContainer: 4,
  timeoutMs: 8_000,
  faults: { storeSlow: 0.3, duplicated: 0.5, storeFailsBefore: 0.1 },
  latencies: { slow: [4_000, 70_000] },
} as const;

it("each check has a name, by which it can be left out", () => {
  expect(standardChecks.map(({ name }) => name)).toContain("runIsDone");
  expect(new Set(standardChecks.map(({ name }) => name)).size).toBe(standardChecks.length);
});

describe("each check fails where what it checks is broken, and holds where it is not", () => {
  const cases: readonly [
    name: string,
    check: Check,
    broken: Parameters<typeof firstFailure>[1],
    sound: Parameters<typeof firstFailure>[1],
  ][] = [
    [
      "atMostOneLiveHop: a store that grants a live lease again",
      atMostOneLiveHop,
      { ...duplicates, store: generousStore },
      duplicates,
    ],
    [
      "atMostOneLiveHop: clocks that differ more than was said",
      atMostOneLiveHop,
      { ...duplicates, skewMs: 30_000 },
      duplicates,
    ],
    [
      "noCommitOfAnOlderHop: a store that does not ask who writes",
      noCommitOfAnOlderHop,
      { ...zombies, store: carelessStore },
      zombies,
    ],
    [
      "stateNeverGoesBack: a store that does not ask who writes",
      stateNeverGoesBack,
      { ...zombies, store: carelessStore },
      zombies,
    ],
    [
      "neverTwoSuccessors: a driver that sends twice",
      neverTwoSuccessors,
      {
        driver: (driver) => ({
          ...driver,
          send: async (message) => {
            await driver.send(message);
            await driver.send(message);
          },
        }),
      },
      {},
    ],
    [
      "neverTwoSuccessors: a store that does not ask who writes",
      neverTwoSuccessors,
      { ...zombies, store: carelessStore },
      zombies,
    ],
    [
      "outcomesAreTrue: a hop that says that all is done and hands off",
      outcomesAreTrue,
      {
        handler: (world) => {
          const handler = worker()(world);
          return async (event, context) => {
            const outcome = await handler(event, context);
            return outcome.status === "continued" ? { ...outcome, status: "done", result: undefined } : outcome;
          };
        },
      },
      {},
    ],
    [
      "rewoundRunsBeginAgain: a store that keeps the states of other hops",
      rewoundRunsBeginAgain,
      {
        ...rewinds,
        store: storeWith(({ read }) => ({
          read: async (...args) => ((await read(...args)) ? '{"value":7}' : undefined),
        })),
      },
      rewinds,
    ],
    [
      "rewoundRunsBeginAgain: a store that loses what it kept",
      rewoundRunsBeginAgain,
      { ...rewinds, store: storeWith(() => ({ read: async () => undefined })) },
      rewinds,
    ],
    [
      "noCommitOfAnOlderHop: a store that leaves the attempt under way its lease",
      noCommitOfAnOlderHop,
      {
        ...rewinds,
        store: storeWith(({ rewind }, records) => ({
          async rewind(request) {
            const { phase, owner, epoch = 0, leaseUntilMs = 0 } = records.get(request.run) ?? {};
            const record = await rewind(request);
            if (!record || !owner || phase !== "running") return record;
            records.set(request.run, { ...record, phase, owner, epoch, leaseUntilMs });
            return record;
          },
        })),
      },
      rewinds,
    ],
    [
      "theRunEnds: lost hand-offs and no sweeper",
      theRunEnds(),
      { faults: { handOffLost: 0.3 }, sweeper: false },
      { faults: { handOffLost: 0.3 } },
    ],
    [
      "theRunEnds: later than it should",
      theRunEnds({ withinMs: 10_000 }),
      {},
      { handler: worker(), limitMs: 5_000, store: false },
    ],
    [
      "everyItemAtLeastOnce: a state that is yielded before its work",
      everyItemAtLeastOnce(keys),
      { handler: worker({ yieldsTooEarly: true }) },
      {},
    ],
    [
      "exactlyOnceWhereIdempotent: effects that differ from attempt to attempt",
      exactlyOnceWhereIdempotent(expected),
      { handler: worker({ writesTime: true }) },
      {},
    ],
    [
      "noTimeouts: a reserve that holds no hand-off",
      noTimeouts,
      { ...stuck, handler: worker({ reserveMs: 5 }) },
      stuck,
    ],
    [
      "timersOfEndedHopsNeverFire: a timer that outlives its hop",
      timersOfEndedHopsNeverFire,
      {
        handler: (world) => {
          const handler = worker()(world);
          return async (event, context) => {
            world.host.timer(context.getRemainingTimeInMillis(), () => {});
            return handler(event, context);
          };
        },
      },
      {},
    ],
  ];
  for (const [name, check, broken, sound] of cases) {
    it(name, async () => {
      const error = await firstFailure(check, broken);
      expect(error?.message).toContain(`${name.split(":")[0]} does not hold with seed ${error?.seed}`);
      if (!name.includes("later")) expect(await firstFailure(check, sound)).toBeUndefined();
    });
  }

  it("noStepTheBudgetCouldNotHold: a step begun with less time than it needs", async () => {
    const sound = await simulate({ seed: 1, handler: worker(), timeoutMs: 20_000, faults: "calm" });
    noStepTheBudgetCouldNotHold(sound);
    const trace = sound.trace.map((event) =>
      event.type === "step" && event.steps > 0 ? { ...event, remainingMs: event.neededMs } : event,
    );
    const broken: SimulationResult = { ...sound, trace };
    expect(() => noStepTheBudgetCouldNotHold(broken)).toThrow(/began .* with .* ms left, and needed/);
  });

  it("parametersComeFromTheRecord: a hop that works on another event than the record's", async () => {
    const sound = await simulate({ seed: 1, handler: worker(), timeoutMs: 20_000, event: { upTo: 8 } });
    parametersComeFromTheRecord(sound);
    const trace = sound.trace.map((event) => (event.type === "works-on" ? { ...event, event: '{"upTo":9}' } : event));
    expect(() => parametersComeFromTheRecord({ ...sound, trace })).toThrow(/worked on {"upTo":9} .* says {"upTo":8}/);
  });

  it("aMissingRecordIsAnError: a hop that finds no record and answers duplicate", async () => {
    const sound = await simulate({ seed: 1, handler: worker(), timeoutMs: 20_000, faults: { duplicated: 1 } });
    expect(sound.trace.some((event) => event.type === "returned" && event.status === "duplicate")).toBe(true);
    aMissingRecordIsAnError(sound);
    const trace = sound.trace.map((event) =>
      event.type === "write" && event.answer === "refused" ? { ...event, recordHop: undefined } : event,
    );
    expect(() => aMissingRecordIsAnError({ ...sound, trace })).toThrow(/found no record of its run, and answered/);
  });

  it("neverTwoSuccessors: work that goes on after it has handed off", async () => {
    const result = await simulate({
      seed: 1,
      faults: "calm",
      store: false,
      limitMs: 60_000,
      // The defect of many a hand-written watchdog.
      handler: (world) => {
        const work = world.recursive<object, number>({
          start: () => 0,
          async *run(_, { context }) {
            yield 1;
            const target = context.invokedFunctionArn;
            await world.driver.send({ run: "one", hop: 1, event: {}, payload: "{}", target });
            yield 2;
            yield 3;
          },
        });
        return work;
      },
    });
    expect(() => neverTwoSuccessors(result)).toThrow(/began a step .* after it had handed off/);
  });
});
