import { type SimulationStats, seededRandom, simulate } from "@longhaul/core/testing";
import type { BenchOptions, Finding } from "./finding.ts";
import { STEP_LAWS, type StepLaw } from "./step-laws.ts";

const SEED = 1;
const FIXED_RESERVE_MS = 10_000;

/** Time limits of a function, how many hops are simulated, and the least share of the time that has to go into steps. */
const LIMITS = [
  { timeoutMs: 30_000, hops: 2_000, leastPercent: undefined },
  { timeoutMs: 60_000, hops: 2_000, leastPercent: 97 },
  { timeoutMs: 900_000, hops: 200, leastPercent: 99 },
] as const;

/** How a simulated run went. */
interface Granted {
  /** Share of the granted time that went into steps whose outcome was kept, in percent. */
  readonly keptPercent: number;
  readonly stats: SimulationStats;
}

/** A run to simulate: steps after one law, under one time limit. */
interface Subject {
  readonly law: StepLaw;
  readonly timeoutMs: number;
  readonly hops: number;
}

/**
 * `recursive()` as it is, through the simulator: nothing fails, but no step ends early for the signal. The state is the
 * time of all steps that led to it, so a step that was given up and done again counts once.
 */
async function run({ law, timeoutMs, hops }: Subject, reserveMs: number | "learned"): Promise<Granted> {
  let keptMs = 0;
  let steps = 0;
  const { outcome, stats } = await simulate({
    seed: SEED,
    timeoutMs,
    faults: "calm",
    store: false,
    tracesSteps: false,
    limitMs: 2 * hops * timeoutMs,
    handler: (world) =>
      world.recursive<object, number>({
        time: { reserveMs },
        guards: { maxHops: 2 * hops, maxDurationMs: Number.POSITIVE_INFINITY, maxCostUsd: Number.POSITIVE_INFINITY },
        start: () => 0,
        async *run(beforeMs, { run }) {
          let spentMs = beforeMs;
          while (run.hop < hops) {
            const stepMs = law.stepMs(world.random, steps++);
            await world.step(stepMs);
            spentMs += stepMs;
            yield spentMs;
          }
          keptMs = beforeMs;
        },
      }),
  });
  if (outcome !== "done" || stats.hops <= hops) throw new Error(`The run ended ${outcome} after ${stats.hops} hops.`);
  // The last hop only ended the run.
  return { keptPercent: (100 * keptMs) / (stats.grantedMs - timeoutMs), stats };
}

/** The share that is used by somebody who knows beforehand how long each step takes, in percent: nobody can use more. */
function foreknownPercent({ law, timeoutMs, hops }: Subject): number {
  const random = seededRandom(SEED);
  let usedMs = 0;
  let steps = 0;
  for (let hop = 0; hop < hops; hop++) {
    for (let spentMs = 0; ; ) {
      const stepMs = law.stepMs(random, steps++);
      if (spentMs + stepMs > timeoutMs) break;
      spentMs += stepMs;
      usedMs += stepMs;
    }
  }
  return (100 * usedMs) / (hops * timeoutMs);
}

const said = ({ keptPercent, stats }: Granted) =>
  `${keptPercent.toFixed(2)} % (${stats.timeouts} timeouts, ${stats.steps} steps)`;

/**
 * Share of the time Lambda grants that goes into steps, in virtual time, for each law of step time and each time limit;
 * a learned reserve beside the fixed one of 10 s that is usual.
 */
export async function grantedTime(_options: BenchOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { leastPercent, ...limit } of LIMITS) {
    for (const law of STEP_LAWS) {
      const learned = await run({ law, ...limit }, "learned");
      const fixed = await run({ law, ...limit }, FIXED_RESERVE_MS);
      const ratio = learned.keptPercent / fixed.keptPercent;
      const isEnough = learned.keptPercent >= (leastPercent ?? 0);
      const bars = [
        ...(leastPercent === undefined ? [] : [`at least ${leastPercent} %`]),
        ...(law.isBounded ? ["no timeout"] : []),
      ];
      findings.push({
        what: `time used for steps at ${limit.timeoutMs / 1000} s, ${law.name}`,
        figure: `${said(learned)}, ${ratio.toFixed(3)} x a fixed reserve's ${said(fixed)}; with foreknowledge ${foreknownPercent({ law, ...limit }).toFixed(2)} %`,
        ...(bars.length === 0
          ? {}
          : { bar: bars.join(", "), isMet: isEnough && (!law.isBounded || learned.stats.timeouts === 0) }),
        values: { [`keptPercentAt${limit.timeoutMs / 1000}s`]: learned.keptPercent, timeouts: learned.stats.timeouts },
        rounds: { "learned reserve": [learned.keptPercent], "fixed reserve of 10 s": [fixed.keptPercent] },
        unit: "%",
      });
    }
  }
  return findings;
}
