import type { RunStats } from "../recursion/envelope.ts";
import { fromJson } from "../state/json.ts";
import { type RunStatus, statusOf } from "../state/run-status.ts";
import type { EndReason, RunRecord, RunRequest } from "../state/run-store.ts";
import type { StoredState } from "../state/stored.ts";

/** A run as its record shows it. */
export interface RunDetails<Event = unknown, Result = unknown> {
  readonly id: string;
  /** `running` also between two hops. */
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
  /** A request that the run has not seen yet, or has ended by. */
  readonly requested?: RunRequest | undefined;
  /** Time, steps and money used so far. */
  readonly stats: RunStats;
}

/** Reads a record for a person or a program that knows nothing of leases. */
export function detailsOf<Event, Result>(record: RunRecord): RunDetails<Event, Result> {
  const { run, phase, hop, attempt, startedAtMs, changedAtMs, heartbeatAtMs, event, state, result, stats } = record;
  const { reason, lastError, requested } = record;
  const stored = state === undefined ? {} : (fromJson(state, "record.state") as StoredState);
  return {
    id: run,
    status: statusOf(phase),
    hop,
    attempt,
    startedAt: new Date(startedAtMs),
    changedAt: new Date(changedAtMs),
    heartbeatAt: new Date(heartbeatAtMs),
    event: fromJson(event, "record.event") as Event,
    stats,
    ...(stored.value !== undefined && { state: stored.value }),
    ...(result !== undefined && { result: fromJson(result, "record.result") as Result }),
    ...(reason && { reason }),
    ...(lastError && { lastError }),
    ...(requested && { requested }),
  };
}
