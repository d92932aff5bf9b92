import type { Check } from "./check.ts";
import { formatTrace } from "./format-trace.ts";
import { InvariantError } from "./invariant-error.ts";
import { type SimulateOptions, simulate } from "./simulate.ts";
import type { JobOutcome, SimulationResult } from "./simulation-result.ts";
import { standardChecks } from "./standard-checks.ts";

/** Options of {@link simulateMany}. */
export interface SimulateManyOptions extends Omit<SimulateOptions, "seed"> {
  /** How many seeds from 0, or which. If the environment variable `LONGHAUL_SEED` is set, only that one is run. */
  readonly seeds: number | { readonly from: number; readonly to: number };
  /** What must hold for each. Default: {@link standardChecks}. */
  readonly checks?: readonly Check[];
  /** Options that depend on the seed. */
  readonly vary?: (seed: number) => Partial<SimulateOptions>;
  /** The command that runs this test, for the replay line. Default `"npx vitest run"`. */
  readonly command?: string;
}

/** What many simulations came to. */
export interface ManyResult {
  readonly runs: number;
  /** How often a run ended how. */
  readonly outcomes: Readonly<Record<JobOutcome, number>>;
  readonly hops: number;
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
  const forced = process.env.LONGHAUL_SEED;
  const { from, to } = typeof seeds === "number" ? { from: 0, to: seeds } : seeds;
  const outcomes = { done: 0, stopped: 0, failed: 0, paused: 0, "on-failure": 0, unfinished: 0 };
  const total = { runs: 0, outcomes, hops: 0, crashes: 0, timeouts: 0, events: 0 };
  const first = forced ? Number(forced) : from;
  const end = forced ? first + 1 : to;
  for (let seed = first; seed < end; seed++) {
    const result = await simulate({ ...rest, ...vary?.(seed), seed }).catch((error: unknown) => {
      throw withReplay(error, seed, command);
    });
    runChecks(result, checks, command);
    total.runs++;
    for (const { outcome } of result.jobs) outcomes[outcome]++;
    total.hops += result.stats.hops;
    total.crashes += result.stats.crashes;
    total.timeouts += result.stats.timeouts;
    total.events += result.trace.length;
  }
  return total;
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
