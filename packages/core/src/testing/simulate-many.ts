import { ConfigError } from "../errors.ts";
import type { Check } from "./check.ts";
import { formatTrace } from "./format-trace.ts";
import { InvariantError } from "./invariant-error.ts";
import { simulate } from "./simulate.ts";
import type { SimulateOptions } from "./simulate-options.ts";
import type { JobOutcome, SimulationResult } from "./simulation-result.ts";
import { standardChecks } from "./standard-checks.ts";

/** Options of {@link simulateMany}. */
export interface SimulateManyOptions extends Omit<SimulateOptions, "seed"> {
  /** How many seeds from 0, or which, `to` excluded. If the environment variable `LONGHAUL_SEED` is set, only that one is run. */
  readonly seeds: number | { readonly from: number; readonly to: number };
  /** Checks of each simulation. Default: {@link standardChecks}. */
  readonly checks?: readonly Check[];
  /** Options that depend on the seed, and checks for it beside {@link SimulateManyOptions.checks}. */
  readonly vary?: (seed: number) => Partial<SimulateOptions> & { readonly checks?: readonly Check[] };
  /** The command that runs this test, for the replay line. Default `"npx vitest run"`. */
  readonly command?: string;
}

/** The result of many simulations. */
export interface ManyResult {
  /** Simulations. */
  readonly runs: number;
  /** How often a run ended how. */
  readonly outcomes: Readonly<Record<JobOutcome, number>>;
  /** Runs that faults had ended and that an operator had to resume. */
  readonly redriven: number;
  /** Invocations that had the right to run; more than `runs` shows that work outlasted one. */
  readonly hops: number;
  /** Safe points. */
  readonly steps: number;
  readonly crashes: number;
  readonly timeouts: number;
  /** Events in all traces. */
  readonly events: number;
}

/** Lines of the trace that a failure shows. */
const SHOWN_EVENTS = 80;

/**
 * Runs a handler under many seeds and checks each.
 *
 * @throws {@link InvariantError} for the first seed that breaks a check: with the trace and how to replay it.
 *
 * @example
 * ```ts
 * it("survives whatever goes wrong", async () => {
 *   const items = ["a", "b", "c"];
 *   await simulateMany({ seeds: 1_000, event: { items }, handler, checks: [...standardChecks, everyItemAtLeastOnce(items)] });
 * });
 * ```
 */
export async function simulateMany(options: SimulateManyOptions): Promise<ManyResult> {
  const { seeds, checks = standardChecks, vary, command = "npx vitest run", ...rest } = options;
  const { from, to } = seedsOf(seeds, globalThis.process?.env.LONGHAUL_SEED);
  const outcomes = { done: 0, stopped: 0, failed: 0, paused: 0, deleted: 0, "on-failure": 0, unfinished: 0 };
  const total = { runs: 0, outcomes, redriven: 0, hops: 0, steps: 0, crashes: 0, timeouts: 0, events: 0 };
  for (let seed = from; seed < to; seed++) {
    const { checks: more = [], ...varied } = vary?.(seed) ?? {};
    const result = await simulate({ ...rest, ...varied, seed }).catch((error: unknown) => {
      throw withReplay(error, seed, command);
    });
    runChecks(result, [...checks, ...more], command);
    total.runs++;
    for (const { outcome, isRedriven } of result.jobs) {
      outcomes[outcome]++;
      if (isRedriven) total.redriven++;
    }
    total.hops += result.stats.hops;
    total.steps += result.stats.steps;
    total.crashes += result.stats.crashes;
    total.timeouts += result.stats.timeouts;
    total.events += result.trace.length;
  }
  if (total.steps === 0) {
    const message =
      "no simulation reached a safe point, so nothing was tried. Let the work yield, and give an event for which there is something to do.";
    throw withReplay(new InvariantError("somethingIsSimulated", from, message), from, command);
  }
  return total;
}

/** Which seeds to run. */
function seedsOf(seeds: SimulateManyOptions["seeds"], forced: string | undefined): { from: number; to: number } {
  if (forced) {
    const seed = Number(forced);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ConfigError(`LONGHAUL_SEED must be a whole number from 0, not ${JSON.stringify(forced)}.`);
    }
    return { from: seed, to: seed + 1 };
  }
  const { from, to } = typeof seeds === "number" ? { from: 0, to: seeds } : seeds;
  if (to > from) return { from, to };
  throw new ConfigError(
    `seeds must be 1 or more, not ${typeof seeds === "number" ? seeds : `from ${from} to ${to}`}: nothing would be simulated.`,
  );
}

/**
 * Applies checks to one result.
 *
 * @throws {@link InvariantError} for the first that fails: with the trace and how to replay it.
 */
export function runChecks(result: SimulationResult, checks: readonly Check[], command = "npx vitest run"): void {
  for (const check of checks) {
    try {
      check(result);
    } catch (error) {
      throw withReplay(error, result.seed, command, formatTrace(result.trace, { last: SHOWN_EVENTS }));
    }
  }
}

function withReplay(error: unknown, seed: number, command: string, trace = ""): unknown {
  if (error instanceof Error) error.message += `\nReplay: LONGHAUL_SEED=${seed} ${command}\n${trace}`;
  return error;
}
