import type { RunRecord } from "../state/run-store.ts";
import type { EffectAttempt } from "./effects.ts";
import type { TraceEvent } from "./trace.ts";
import type { World } from "./world.ts";

/**
 * What became of a run. `on-failure`: the platform or the caller gave its event up, and no sweeper knows the run. `unfinished`: it was
 * neither over nor waiting to be resumed when the simulation ended.
 */
export type JobOutcome = "done" | "stopped" | "failed" | "paused" | "on-failure" | "unfinished";

/** One of the runs of a simulation. */
export interface JobResult {
  readonly job: number;
  readonly outcome: JobOutcome;
  /** Id of its run, where a store was used. */
  readonly run: string | undefined;
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

/** What {@link simulate} tells. */
export interface SimulationResult {
  readonly seed: number;
  /** Of the first run, which mostly is the only one. */
  readonly outcome: JobOutcome;
  readonly jobs: readonly JobResult[];
  readonly trace: readonly TraceEvent[];
  readonly effects: {
    /** What the world outside looks like in the end. */
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

/** Sums up what became of each job. */
export function jobResults(
  world: World,
  count: number,
  failed: ReadonlySet<number>,
  services: { readonly hasStore: boolean; readonly hasSweeper: boolean },
): JobResult[] {
  if (!services.hasStore) world.stats.hops = world.stats.invocations;
  const statuses = new Map<number, Set<string>>();
  for (const event of world.trace) {
    if (event.type !== "returned" || event.job === undefined) continue;
    statuses.set(event.job, (statuses.get(event.job) ?? new Set()).add(event.status));
  }
  return Array.from({ length: count }, (_, job) => {
    const run = world.runOfJob.get(job);
    const phase = run === undefined ? undefined : world.records.get(run)?.phase;
    if (phase === "running" || phase === "handed-off") {
      // Without a sweeper whoever got the event back has to send it again.
      return { job, run, outcome: !services.hasSweeper && failed.has(job) ? "on-failure" : "unfinished" };
    }
    if (phase) return { job, run, outcome: phase };
    const seen = statuses.get(job);
    if (seen?.has("done")) return { job, run, outcome: "done" };
    if (failed.has(job)) return { job, run, outcome: "on-failure" };
    return { job, run, outcome: seen?.has("stopped") ? "stopped" : "unfinished" };
  });
}
