import type { RunPhase } from "../state/run-status.ts";
import type { RunRecord } from "../state/run-store.ts";
import type { EffectAttempt } from "./effects.ts";
import type { TraceEvent } from "./trace.ts";
import type { World } from "./world.ts";

/**
 * The end of a run. `on-failure`: the platform or the caller gave its event up, and no sweeper knows the run. `unfinished`: it was
 * neither over nor waiting to be resumed when the simulation ended.
 */
export type JobOutcome = "done" | "stopped" | "failed" | "paused" | "deleted" | "on-failure" | "unfinished";

/** One of the runs of a simulation. */
export interface JobResult {
  readonly job: number;
  readonly outcome: JobOutcome;
  /** Id of its run, where a store was used. */
  readonly run: string | undefined;
  /** How it was allowed to end. */
  readonly ends: readonly JobOutcome[];
  /** Why it ended, if its record says so. */
  readonly reason: { readonly code: string; readonly message: string } | undefined;
  /** The last error of its handler. */
  readonly lastError: string | undefined;
  /** After the faults an operator had to resume it, or to send its event again. */
  readonly isRedriven: boolean;
}

/** Counts of a simulation. */
export interface SimulationStats {
  /** Calls of the handler. */
  readonly invocations: number;
  /** Of them, those that took a lease; without a store the same as `invocations`. */
  readonly hops: number;
  readonly timeouts: number;
  readonly crashes: number;
  /** Time the platform granted to all invocations: their number times the timeout. */
  readonly grantedMs: number;
  /** Safe points reached. */
  readonly steps: number;
  /** Time spent in steps that reached a safe point. */
  readonly stepMs: number;
}

/** The result of {@link simulate}. */
export interface SimulationResult {
  readonly seed: number;
  /** Of the first run, which mostly is the only one. */
  readonly outcome: JobOutcome;
  readonly jobs: readonly JobResult[];
  readonly trace: readonly TraceEvent[];
  readonly effects: {
    /** The world outside at the end. */
    readonly values: ReadonlyMap<string, unknown>;
    /** All attempts, in order of arrival. */
    readonly attempts: readonly EffectAttempt[];
  };
  readonly records: ReadonlyMap<string, RunRecord>;
  readonly stats: SimulationStats;
  readonly hasStore: boolean;
  readonly platformKills: boolean;
  /** Virtual milliseconds from the beginning. */
  readonly endedAtMs: number;
  /** When the last fault struck or the last request was made; 0 if none. */
  readonly lastFaultAtMs: number;
}

/** The input of {@link jobResults} beside the world. */
interface Jobs {
  /** How each may end. */
  readonly ends: readonly (readonly JobOutcome[])[];
  /** Those whose event was given up. */
  readonly givenUp: ReadonlySet<number>;
  readonly redriven: ReadonlySet<number>;
  readonly hasStore: boolean;
  readonly hasSweeper: boolean;
}

/** Sums up what became of each job. */
export function jobResults(world: World, { ends, givenUp, redriven, hasStore, hasSweeper }: Jobs): JobResult[] {
  if (!hasStore) world.stats.hops = world.stats.invocations;
  const statuses = new Map<number, Set<string>>();
  const errors = new Map<number, string>();
  for (const event of world.trace) {
    if (event.job === undefined) continue;
    if (event.type === "threw") errors.set(event.job, event.error);
    if (event.type === "returned") {
      statuses.set(event.job, (statuses.get(event.job) ?? new Set()).add(event.status));
    }
  }
  const outcomeOf = (job: number, phase: RunPhase | undefined): JobOutcome => {
    // Without a sweeper the receiver of the failed event has to send it again.
    if (phase === "running" || phase === "handed-off" || phase === "sleeping")
      return !hasSweeper && givenUp.has(job) ? "on-failure" : "unfinished";
    if (phase) return phase;
    const seen = statuses.get(job);
    if (seen?.has("done")) return "done";
    if (givenUp.has(job)) return "on-failure";
    return seen?.has("stopped") ? "stopped" : "unfinished";
  };
  return ends.map((allowed, job) => {
    const run = world.runOfJob.get(job);
    const record = run === undefined ? undefined : world.records.get(run);
    return {
      job,
      run,
      outcome: outcomeOf(job, record?.phase),
      ends: allowed,
      reason: record?.reason,
      lastError: errors.get(job),
      isRedriven: redriven.has(job),
    };
  });
}
