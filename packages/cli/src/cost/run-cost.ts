import type { RunDetails } from "@longhaul/core/client";
import { CHECKPOINT_SECONDS, type Job } from "./estimates.ts";
import { PRICES } from "./prices.ts";

/** The cost of a run so far, in US dollars. */
export interface RunCost {
  readonly id: string;
  readonly status: RunDetails["status"];
  /** Hops that it has begun. */
  readonly hops: number;
  readonly steps: number;
  /** Billed time of its function, in milliseconds. */
  readonly usedMs: number;
  /** Time and requests of its function, as its guard of costs counts them. */
  readonly functionUsd: number;
  /** The writes to the run table, about. */
  readonly tableUsd: number;
  readonly totalUsd: number;
  /** Absent while it has made no step. */
  readonly usdPerStep?: number;
}

/** Counts what a run has cost, from its record. */
export function runCost({ id, status, hop, attempt, stats }: RunDetails): RunCost {
  const { steps, usedMs, costUsd: functionUsd } = stats;
  const hops = hop + (attempt > 0 ? 1 : 0);
  const tableUsd = (2 * hops + Math.floor(usedMs / 1_000 / CHECKPOINT_SECONDS)) * PRICES.tableWrite.usd;
  const totalUsd = functionUsd + tableUsd;
  const perStep = steps > 0 && { usdPerStep: totalUsd / steps };
  return { id, status, hops, steps, usedMs, functionUsd, tableUsd, totalUsd, ...perStep };
}

/** The job that a run's steps are; `undefined` while it has made none. */
export function jobOfRun({ stats }: RunDetails, memoryMb: number, runs: number): Job | undefined {
  const { steps, usedMs } = stats;
  return steps > 0 && usedMs > 0 ? { items: steps, itemSeconds: usedMs / 1_000 / steps, memoryMb, runs } : undefined;
}
