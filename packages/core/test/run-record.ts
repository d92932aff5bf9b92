import { NO_STATS } from "../src/recursion/envelope.ts";
import type { RunRecord } from "../src/state/run-store.ts";

/** A record of a run under way: hop 4 is handed off and nobody has taken it yet. */
export function runRecord(change: Partial<RunRecord> = {}): RunRecord {
  return {
    run: "run-1",
    hop: 4,
    attempt: 0,
    epoch: 6,
    failures: 0,
    phase: "handed-off",
    leaseUntilMs: 0,
    heartbeatAtMs: 5_000,
    dueAtMs: 5_000,
    startedAtMs: 0,
    changedAtMs: 0,
    target: "arn",
    stateKey: "position",
    event: "{}",
    state: '{"value":7}',
    stats: NO_STATS,
    ...change,
  };
}

/** The same record without some of its fields. */
export function without<Field extends keyof RunRecord>(record: RunRecord, ...fields: Field[]): Omit<RunRecord, Field> {
  const rest: Partial<RunRecord> = { ...record };
  for (const field of fields) delete rest[field];
  return rest as Omit<RunRecord, Field>;
}
