import { describe, expect, it } from "vitest";
import { callerDriver } from "../src/index.ts";
import {
  type Check,
  everyItemAtLeastOnce,
  exactlyOnceWhereIdempotent,
  noTimeouts,
  type SimulatedHandler,
  type SimulatedHost,
  type SimulateManyOptions,
  simulateMany,
  standardChecks,
  storelessChecks,
  theRunEnds,
} from "../src/testing.ts";

interface Job {
  readonly name: string;
  readonly upTo: number;
  readonly stepMs: number;
  readonly sigma: number;
}

/** Work with an external effect per item; every await is one that a process can die in. */
function worker(isCaller = false): (world: SimulatedHost) => SimulatedHandler {
  return (world) =>
    world.recursive<Job, number>({
      stateKey: "position",
      runId: ({ name }) => name,
      ...(isCaller && { driver: callerDriver() }),
      start: () => 0,
      async *run(position, { event, signal, run }) {
        const { name, upTo, stepMs, sigma } = event;
        for (let at = position; at < upTo; at++) {
          await world.step(world.random.logNormal(stepMs, sigma), { signal });
          await world.effect(`${name}/${at}`, at, { fence: run.fence });
          yield at + 1;
        }
        return "all of it";
      },
    });
}

const job = (name: string, over: Partial<Job> = {}): Job => ({ name, upTo: 12, stepMs: 3_000, sigma: 0.5, ...over });

const keys = ({ name, upTo }: Job) => Array.from({ length: upTo }, (_, at) => `${name}/${at}`);

function wholeWork(...jobs: readonly Job[]): Check[] {
  const expected = Object.fromEntries(jobs.flatMap((one) => keys(one).map((key, at) => [key, at])));
  return [
    ...jobs.map((one, index) => everyItemAtLeastOnce(keys(one), { job: index })),
    exactlyOnceWhereIdempotent(expected),
  ];
}

const one = job("one");
const two = job("two");

interface Family extends SimulateManyOptions {
  readonly seeds: number;
  /** Share of the runs that must be done rather than stopped by a guard or given up. */
  readonly atLeastDone: number;
}

const families: Record<string, Family> = {
  calm: {
    seeds: 1_000,
    faults: "calm",
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(one), noTimeouts],
    atLeastDone: 1,
  },
  "chaos with a store": {
    seeds: 2_500,
    faults: "chaos",
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.95,
  },
  "chaos without a store": {
    seeds: 1_000,
    faults: { from: "chaos", handOffLost: 0 },
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    store: false,
    checks: [...storelessChecks, ...wholeWork(one), theRunEnds()],
    atLeastDone: 0.9,
  },
  "duplicates and lost hand-offs": {
    seeds: 1_000,
    faults: { duplicated: 0.5, handOffLost: 0.3, delayed: 0.3 },
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 1,
  },
  "zombies that wake in a thawed container": {
    seeds: 1_000,
    faults: { stuckStep: 0.15, coldStart: 0, duplicated: 0.1 },
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    maxContainers: 2,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.8,
  },
  "clocks that differ": {
    seeds: 700,
    faults: { from: "chaos", crash: 0.02 },
    handler: worker(),
    event: one,
    timeoutMs: 6_000,
    skewMs: 1_000,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.9,
  },
  "a platform that does not kill": {
    seeds: 1_000,
    faults: { from: "chaos", stuckStep: 0.1, storeSlow: 0.1 },
    handler: worker(),
    events: [{ event: one }, { event: two, atMs: 2_000 }],
    timeoutMs: 20_000,
    platformKills: false,
    invocationsPerContainer: 4,
    checks: [...standardChecks, ...wholeWork(one, two)],
    atLeastDone: 0.8,
  },
  "two runs in one container": {
    seeds: 500,
    faults: "chaos",
    handler: worker(),
    events: [{ event: one }, { event: two, atMs: 1_000 }],
    timeoutMs: 20_000,
    maxContainers: 1,
    checks: [...standardChecks, ...wholeWork(one, two)],
    atLeastDone: 0.9,
  },
  "timeouts of 3 s": {
    seeds: 700,
    faults: "chaos",
    handler: worker(),
    event: job("one", { stepMs: 300 }),
    timeoutMs: 3_000,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.8,
  },
  "steps as long as the invocation": {
    seeds: 500,
    faults: "chaos",
    handler: worker(),
    event: job("one", { upTo: 4, stepMs: 12_000 }),
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(job("one", { upTo: 4 }))],
    atLeastDone: 0,
  },
  "steps with a long tail": {
    seeds: 500,
    faults: "chaos",
    handler: worker(),
    event: job("one", { upTo: 20, stepMs: 1_000, sigma: 1.2 }),
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(job("one", { upTo: 20 }))],
    atLeastDone: 0.5,
  },
  "stop, pause and resume": {
    seeds: 1_000,
    faults: "chaos",
    handler: worker(),
    event: one,
    timeoutMs: 20_000,
    outside: [
      { ask: "pause", atMs: [0, 40_000] },
      { ask: "resume", atMs: [40_000, 90_000] },
      { ask: "stop", atMs: [60_000, 200_000] },
    ],
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.1,
  },
  "a caller that invokes again": {
    seeds: 600,
    faults: { from: "chaos", handOffLost: 0 },
    trigger: "caller",
    handler: worker(true),
    event: one,
    timeoutMs: 20_000,
    checks: [...standardChecks, ...wholeWork(one)],
    atLeastDone: 0.8,
  },
};

describe("what recursive() guarantees holds whatever goes wrong", () => {
  for (const [name, { atLeastDone, ...options }] of Object.entries(families)) {
    const command = `npx vitest run test/simulation.test.ts -t "${name}"`;
    it(`${name} (${options.seeds} seeds)`, { timeout: 60_000 }, async () => {
      const result = await simulateMany({ ...options, command });
      console.log(name, JSON.stringify(result));
      if (result.runs > 1) {
        expect(result.outcomes.done / (result.runs * (options.events?.length ?? 1))).toBeGreaterThanOrEqual(
          atLeastDone,
        );
      }
    });
  }
});
