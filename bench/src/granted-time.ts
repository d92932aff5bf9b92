import { type SeededRandom, type SimulationStats, simulate } from "@longhaul/core/testing";
import type { BenchOptions, Finding } from "./finding.ts";

const TIMEOUT_MS = 60_000;
const MEDIAN_STEP_MS = 100;
const HOPS = 10_000;
const SEED = 1;

/** How a simulated run went. */
interface Granted {
  /** Share of the granted time that went into steps whose outcome was kept, in percent. */
  readonly keptPercent: number;
  readonly stats: SimulationStats;
}

/**
 * `recursive()` as it is, through the simulator: nothing fails, but no step ends early for the signal. The state is the
 * time of all steps that led to it, so a step that was given up and done again counts once.
 */
async function run(sigma: number, reserveMs: number | "learned"): Promise<Granted> {
  let keptMs = 0;
  const { outcome, stats } = await simulate({
    seed: SEED,
    timeoutMs: TIMEOUT_MS,
    faults: "calm",
    store: false,
    tracesSteps: false,
    limitMs: 2 * HOPS * TIMEOUT_MS,
    handler: (world) =>
      world.recursive<object, number>({
        time: { reserveMs },
        guards: { maxHops: 2 * HOPS, maxDurationMs: Number.POSITIVE_INFINITY, maxCostUsd: Number.POSITIVE_INFINITY },
        start: () => 0,
        async *run(beforeMs, { run }) {
          let spentMs = beforeMs;
          while (run.hop < HOPS) {
            const stepMs = MEDIAN_STEP_MS * Math.exp(sigma * normal(world.random));
            await world.step(stepMs);
            spentMs += stepMs;
            yield spentMs;
          }
          keptMs = beforeMs;
        },
      }),
  });
  if (outcome !== "done" || stats.hops <= HOPS) throw new Error(`The run ended ${outcome} after ${stats.hops} hops.`);
  // The last hop only ended the run.
  return { keptPercent: (100 * keptMs) / (stats.grantedMs - TIMEOUT_MS), stats };
}

/** Standard normal, by Box and Muller. */
function normal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/**
 * Share of the time Lambda grants that goes into steps: timeout 60 s, steps log-normal with a median of 100 ms, 10,000
 * hops in virtual time; a learned reserve beside the fixed one of 10 s that is usual.
 */
export async function grantedTime(_options: BenchOptions): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const sigma of [0.5, 1]) {
    const learned = await run(sigma, "learned");
    const fixed = await run(sigma, 10_000);
    const ratio = learned.keptPercent / fixed.keptPercent;
    const told = ({ keptPercent, stats }: Granted) =>
      `${keptPercent.toFixed(2)} % (${stats.timeouts} timeouts, ${stats.steps} steps)`;
    findings.push({
      what: `granted time spent in steps, sigma ${sigma}`,
      figure: `${told(learned)}, ${ratio.toFixed(3)} x a fixed reserve's ${told(fixed)}`,
      bar: "at least 97 %, no timeout in 10,000 hops",
      isMet: learned.keptPercent >= 97 && learned.stats.timeouts === 0,
      rounds: { "learned reserve": [learned.keptPercent], "fixed reserve of 10 s": [fixed.keptPercent] },
      unit: "%",
    });
  }
  return findings;
}
