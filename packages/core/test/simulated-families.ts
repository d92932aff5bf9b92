import type { HandOffDriver, Observer } from "../src/index.ts";
import { CHAOS } from "../src/testing/faults.ts";
import {
  everyItemAtLeastOnce,
  type Faults,
  noTimeouts,
  type SimulateManyOptions,
  seededRandom,
  standardChecks,
  storelessChecks,
  theRunEnds,
} from "../src/testing.ts";
import {
  bufferedWorker,
  buffersAreSaved,
  endsAreTold,
  itemWorker,
  itsEffects,
  job,
  requestsAreObeyed,
  wholeWork,
} from "./simulated-work.ts";

/** A kind of trouble, and what must hold in it. */
export interface Family extends Omit<SimulateManyOptions, "seeds"> {
  /** Seeds in the test suite. */
  readonly seeds: number;
  /** Share of the runs that must be done without an operator. */
  readonly atLeastDone: number;
}

const rudeObservers: readonly Observer[] = [
  {
    observe() {
      throw new Error("this observer throws");
    },
  },
  { wantsSteps: true, observe: async () => Promise.reject(new Error("this observer rejects")) },
  { observe: () => new Promise<void>(() => {}) },
];

/** A channel that cannot send later. */
const withoutWaking = ({ sendAt: _, ...driver }: HandOffDriver): HandOffDriver => driver;
/** A channel that sends at once what it was to send later. */
const withEarlyWaking = (driver: HandOffDriver): HandOffDriver => ({
  ...driver,
  async sendAt(message, _atMs, _nowMs, signal) {
    await driver.send(message, signal);
    return true;
  },
});

const one = job("one");
const two = job("two");
const timeoutMs = 20_000;

export const families: Readonly<Record<string, Family>> = {
  calm: {
    seeds: 1_000,
    atLeastDone: 1,
    faults: "calm",
    handler: itemWorker(),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one), noTimeouts],
  },
  "chaos with a store": {
    seeds: 3_000,
    atLeastDone: 0.95,
    faults: "chaos",
    handler: itemWorker(),
    event: one,
    timeoutMs,
    vary: (seed) => ({ handler: itemWorker({ isFenced: seed % 2 === 0, ignoresSignal: seed % 3 === 0 }) }),
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "chaos without a store": {
    seeds: 1_000,
    atLeastDone: 0.9,
    // A lost event is lost where nothing else knows of the run.
    faults: { from: "chaos", handOffLost: 0 },
    handler: itemWorker(),
    event: one,
    timeoutMs,
    store: false,
    checks: [...storelessChecks, ...wholeWork(one), theRunEnds()],
  },
  "duplicates and lost hand-offs": {
    seeds: 1_000,
    atLeastDone: 1,
    faults: { duplicated: 0.5, handOffLost: 0.3, delayed: 0.3 },
    handler: itemWorker(),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "zombies that wake in a thawed container": {
    seeds: 1_000,
    atLeastDone: 0.8,
    faults: { stuckStep: 0.15, coldStart: 0, duplicated: 0.1 },
    handler: itemWorker(),
    events: [{ event: one }, { event: two, atMs: 500 }],
    timeoutMs,
    maxContainers: 2,
    vary: (seed) => ({ handler: itemWorker({ isFenced: seed % 2 === 0 }) }),
    // The watchdog hands off beside a step that ignores it: no invocation runs into its timeout.
    checks: [...standardChecks, ...wholeWork(one, two), noTimeouts],
  },
  "clocks that differ": {
    // Three steps in a row may be too long for the invocation.
    ends: ["done", "paused"],
    seeds: 700,
    atLeastDone: 0.8,
    faults: { from: "chaos", crash: 0.02, duplicated: 0.3, clockJumps: 0.05 },
    handler: itemWorker(),
    event: one,
    timeoutMs: 6_000,
    skewMs: 1_000,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "clocks that differ by half the timeout": {
    seeds: 500,
    atLeastDone: 0.9,
    // A stuck step keeps the owner alive to the end of its lease, where a clock that is ahead would take it away.
    faults: { duplicated: 0.9, crash: 0.01, stuckStep: 0.2, clockJumps: 0.05 },
    handler: itemWorker({ skewMs: 10_000 }),
    event: one,
    timeoutMs,
    skewMs: 10_000,
    latencies: { late: [5_000, 25_000] },
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "a platform that does not kill": {
    // Three steps in a row may be too long for the invocation.
    ends: ["done", "paused"],
    seeds: 600,
    atLeastDone: 0.7,
    faults: { from: "chaos", stuckStep: 0.1, storeSlow: 0.1, clockJumps: 0.02, effectHangs: 0 },
    handler: itemWorker(),
    events: [{ event: one }, { event: two, atMs: 2_000 }],
    platformKills: false,
    invocationsPerContainer: 4,
    vary: (seed) => ({ timeoutMs: seed % 2 === 0 ? timeoutMs : 6_000 }),
    checks: [...standardChecks, ...wholeWork(one, two)],
  },
  "two runs in one container": {
    seeds: 500,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker(),
    events: [{ event: one }, { event: two, atMs: 1_000 }],
    timeoutMs,
    maxContainers: 1,
    vary: (seed) => (seed % 2 === 0 ? {} : { invocationsPerContainer: 4, platformKills: false }),
    checks: [...standardChecks, ...wholeWork(one, two)],
  },
  "the same cause again, later": {
    seeds: 500,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker(),
    events: [{ event: one }, { event: one, atMs: 5_000 }, { event: one, atMs: 90_000 }],
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "timeouts of 3 s": {
    seeds: 700,
    atLeastDone: 0.8,
    faults: "chaos",
    handler: itemWorker(),
    event: job("one", { stepMs: 300 }),
    timeoutMs: 3_000,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "steps as long as the invocation": {
    // Three steps in a row may be too long for the invocation.
    ends: ["done", "paused"],
    seeds: 500,
    atLeastDone: 0.5,
    faults: "chaos",
    handler: itemWorker(),
    event: job("one", { upTo: 4, stepMs: 12_000 }),
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(job("one", { upTo: 4 }))],
  },
  "steps with a long tail": {
    seeds: 500,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker(),
    event: job("one", { upTo: 20, stepMs: 1_000, sigma: 1.2 }),
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(job("one", { upTo: 20 }))],
  },
  "results kept in memory between safe points": {
    seeds: 700,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: bufferedWorker(),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one), buffersAreSaved],
  },
  "stop, pause and resume": {
    seeds: 1_000,
    atLeastDone: 0.1,
    faults: "chaos",
    handler: itemWorker(),
    event: one,
    timeoutMs,
    outside: [
      { ask: "pause", atMs: [0, 40_000] },
      { ask: "resume", atMs: [40_000, 90_000] },
      { ask: "stop", atMs: [60_000, 200_000] },
    ],
    checks: [...standardChecks, ...wholeWork(one), requestsAreObeyed],
  },
  "runs that are rewound, whatever they do": {
    seeds: 700,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker({ historyHops: 3 }),
    event: one,
    timeoutMs,
    vary: (seed) => ({
      handler: itemWorker({
        historyHops: [1, 3, 100][seed % 3] ?? 3,
        ...(seed % 4 === 1 && { heartbeatMs: 1_000 }),
        ...(seed % 4 === 2 && { sleepMs: [5_000, 60_000] }),
      }),
    }),
    outside: [
      { ask: "rewind", atMs: [0, 60_000] },
      { ask: "duplicate", atMs: [0, 120_000] },
      { ask: "pause", atMs: [20_000, 120_000] },
      { ask: "rewind", atMs: [20_000, 150_000] },
      { ask: "kill", atMs: [20_000, 150_000] },
      { ask: "duplicate", atMs: [60_000, 200_000] },
      { ask: "stop", atMs: [100_000, 300_000] },
      { ask: "rewind", atMs: [300_000, 500_000] },
    ],
    checks: [...standardChecks, ...wholeWork(one), requestsAreObeyed],
  },
  "rewound runs of functions that are told of the end": {
    seeds: 200,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker({ isTold: true, historyHops: 4 }),
    event: one,
    timeoutMs,
    outside: [
      { ask: "rewind", atMs: [0, 120_000] },
      { ask: "rewind", atMs: [60_000, 300_000] },
    ],
    checks: [...standardChecks, everyItemAtLeastOnce(["one/0"]), endsAreTold],
  },
  "runs that sleep": {
    seeds: 400,
    atLeastDone: 0.95,
    faults: "chaos",
    handler: itemWorker({ sleepMs: [30_000, 1_800_000] }),
    event: one,
    timeoutMs,
    // Where nothing wakes them, the sweeper does; what wakes them too early is dropped.
    vary: (seed) => (seed % 3 === 0 ? {} : { driver: seed % 3 === 1 ? withoutWaking : withEarlyWaking }),
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "sleepers that are stopped, paused, resumed, redeployed and sent twice": {
    seeds: 500,
    atLeastDone: 0.1,
    faults: "chaos",
    handler: itemWorker({ sleepMs: [30_000, 600_000] }),
    event: one,
    timeoutMs,
    outside: [
      { ask: "duplicate", atMs: [0, 600_000] },
      { ask: "pause", atMs: [0, 900_000] },
      { ask: "deploy", atMs: [0, 900_000] },
      { ask: "resume", atMs: [300_000, 1_200_000] },
      { ask: "duplicate", atMs: [600_000, 1_800_000] },
      { ask: "stop", atMs: [900_000, 3_000_000] },
    ],
    checks: [...standardChecks, ...wholeWork(one), requestsAreObeyed],
  },
  "functions that are told of the end": {
    seeds: 300,
    atLeastDone: 0.1,
    faults: "chaos",
    handler: itemWorker({ isTold: true, sleepMs: [30_000, 300_000] }),
    event: one,
    timeoutMs,
    vary: (seed) =>
      seed % 2 === 0
        ? {}
        : {
            outside: [
              { ask: "pause", atMs: [0, 60_000] },
              { ask: "resume", atMs: [60_000, 120_000] },
              { ask: "stop", atMs: [60_000, 900_000] },
            ],
          },
    checks: [...standardChecks, everyItemAtLeastOnce(["one/0"]), endsAreTold],
  },
  "a caller that waits for sleepers": {
    seeds: 200,
    atLeastDone: 0.95,
    faults: { from: "chaos", handOffLost: 0 },
    trigger: "caller",
    handler: itemWorker({ isCaller: true, sleepMs: [30_000, 1_800_000] }),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "a caller that invokes again": {
    seeds: 600,
    atLeastDone: 0.95,
    faults: { from: "chaos", handOffLost: 0 },
    trigger: "caller",
    handler: itemWorker({ isCaller: true }),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "store writes that land after their caller gave up": {
    seeds: 700,
    atLeastDone: 0.9,
    faults: { from: "chaos", storeLate: 0.1 },
    handler: itemWorker(),
    event: one,
    timeoutMs,
    vary: (seed) => (seed % 2 === 0 ? {} : { faults: { storeLate: 0.4, duplicated: 0.2 } }),
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "observers that throw, reject and hang": {
    seeds: 200,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker({ observers: rudeObservers }),
    event: one,
    timeoutMs,
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "leases kept by heartbeats": {
    seeds: 1_000,
    atLeastDone: 0.9,
    faults: "chaos",
    handler: itemWorker({ heartbeatMs: 1_000 }),
    event: one,
    timeoutMs,
    vary: (seed) => ({
      handler: itemWorker({ heartbeatMs: seed % 2 === 0 ? 1_000 : 4_000, ignoresSignal: seed % 3 === 0 }),
      timeoutMs: seed % 5 === 0 ? 120_000 : timeoutMs,
    }),
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "processes that stall without dying": {
    seeds: 1_000,
    atLeastDone: 0.9,
    faults: { stalls: 0.02, duplicated: 0.3, crash: 0.002, storeFailsBefore: 0.02, storeFailsAfter: 0.02 },
    handler: itemWorker({ heartbeatMs: 1_000 }),
    event: one,
    timeoutMs: 300_000,
    sweeper: { everyMs: 10_000, olderThanMs: 2_000 },
    vary: (seed) => ({ handler: itemWorker({ heartbeatMs: 1_000, isFenced: seed % 2 === 0 }) }),
    checks: [...standardChecks, ...wholeWork(one)],
  },
  "any mixture": {
    // Three steps in a row may be too long for the invocation.
    ends: ["done", "paused"],
    seeds: 1_000,
    atLeastDone: 0.5,
    handler: itemWorker(),
    events: [{ event: one }, { event: two, atMs: 3_000 }],
    vary: anyMixture,
    checks: [...standardChecks, ...itsEffects(one, two), buffersAreSaved],
  },
};

/** Each fault off, rare or frequent; any timeout, platform, number of containers and way of working. */
function anyMixture(seed: number): Partial<SimulateManyOptions> {
  const random = seededRandom(seed + 0.5 * 2 ** 52);
  const faults: Partial<Record<keyof Faults, number>> = {};
  for (const name of Object.keys(CHAOS) as (keyof Faults)[]) {
    if (name !== "storeLate") faults[name] = random.pick([0, 0, 1, 1, 3]) * CHAOS[name];
  }
  faults.clockJumps = random.pick([0, 0.02]);
  const platformKills = random.chance(0.7);
  // Nobody else ends an invocation whose work, or what it registered, waits for ever.
  if (!platformKills) faults.effectHangs = 0;
  return {
    faults,
    timeoutMs: random.pick([4_000, 20_000, 60_000, 900_000]),
    platformKills,
    maxContainers: random.pick([1, 2, 10]),
    invocationsPerContainer: random.pick([1, 1, 3]),
    skewMs: random.pick([0, 1_000]),
    handler: random.chance(0.3)
      ? bufferedWorker()
      : itemWorker({ isFenced: random.chance(0.5), ignoresSignal: random.chance(0.5) }),
  };
}
