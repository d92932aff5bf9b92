import type { Progress } from "../observe/progress.ts";
import type { RunStats } from "../recursion/envelope.ts";
import { fromJson } from "../state/json.ts";
import { rewindableHops } from "../state/rewind.ts";
import { type RunStatus, statusOf } from "../state/run-status.ts";
import type { EndReason, RunLimits, RunRecord, RunRequest } from "../state/run-store.ts";
import type { StoredState } from "../state/stored.ts";

/** A run as its record shows it. */
export interface RunDetails<Event = unknown, Result = unknown> {
  readonly id: string;
  /** `running` also between two hops, unless the run sleeps. */
  readonly status: RunStatus;
  /** The hop that runs or comes next, from 0. */
  readonly hop: number;
  /** Attempts of this hop so far. */
  readonly attempt: number;
  readonly startedAt: Date;
  /** When it came to its status, last. */
  readonly changedAt: Date;
  /** The last write of its work: a checkpoint, a heartbeat, or a hand-off. */
  readonly heartbeatAt: Date;
  /** ARN of the function that works on it, as it was invoked. */
  readonly target: string;
  /** When its next hop begins, of a run that sleeps; also while the sleeper is stopped or paused. */
  readonly wakeAt?: Date | undefined;
  /** Parameters of the run. */
  readonly event: Event;
  /** The state at the last durable safe point. Absent before the first, and where it is sealed or spilled. */
  readonly state?: unknown;
  /** The result of the work, if it is done and its record has it. */
  readonly result?: Result | undefined;
  /** Why it ended before its work did, or why its result is not here. */
  readonly reason?: EndReason | undefined;
  /** How the last attempt failed, since the last safe point. */
  readonly lastError?: EndReason | undefined;
  /** Limits that it was resumed with, in place of the function's guards. */
  readonly limits?: RunLimits | undefined;
  /** A request that the run has not seen yet. */
  readonly requested?: RunRequest | undefined;
  /** The hops that it can be rewound to, the earliest first. Absent where its function keeps no history. */
  readonly rewindableHops?: readonly number[] | undefined;
  /** How often it was rewound; absent where it never was. */
  readonly rewinds?: number | undefined;
  /** Time, steps and money used so far. */
  readonly stats: RunStats;
  /** The last report of the work through `progress()`, as of its last checkpoint or hop. */
  readonly progress?: Progress | undefined;
}

/** Reads a record for a person or a program that knows nothing of leases; `undefined` for a run that was deleted. */
export function detailsOf<Event, Result>(record: RunRecord): RunDetails<Event, Result> | undefined {
  const { run, phase, hop, attempt, startedAtMs, changedAtMs, heartbeatAtMs, event, state, result, stats } = record;
  const { target, wakeAtMs, progress, limits, reason, lastError, requested, history, rewinds } = record;
  const status = statusOf(phase);
  if (status === undefined) return undefined;
  const stored = state === undefined ? {} : (fromJson(state, "record.state") as StoredState);
  return {
    id: run,
    status,
    hop,
    attempt,
    startedAt: new Date(startedAtMs),
    changedAt: new Date(changedAtMs),
    heartbeatAt: new Date(heartbeatAtMs),
    target,
    ...(wakeAtMs !== undefined && { wakeAt: new Date(wakeAtMs) }),
    event: fromJson(event, "record.event") as Event,
    stats,
    ...(progress && { progress }),
    ...(limits && { limits }),
    ...(history && { rewindableHops: rewindableHops(record) }),
    ...(rewinds !== undefined && { rewinds }),
    ...(stored.value !== undefined && { state: stored.value }),
    ...(result !== undefined && { result: fromJson(result, "record.result") as Result }),
    ...(reason && { reason }),
    ...(lastError && { lastError }),
    ...(requested && { requested }),
  };
}
