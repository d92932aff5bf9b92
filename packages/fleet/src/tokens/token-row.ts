import { create, isAtRest, type RunRecord } from "@longhaul/core/store";

/** The place of a loop: one row of the token table. */
export interface TokenKey {
  readonly queueUrl: string;
  /** Name of the row, unique in its queue. */
  readonly token: string;
}

/** The event that starts a loop, and that travels with it. */
export interface LoopEvent {
  readonly queueUrl: string;
  readonly token: string;
  readonly loopId: string;
}

/** One loop that should run, or ran. */
export interface TokenRow extends TokenKey {
  /** The loop that owns the row. A takeover puts another in its place. */
  readonly loopId: string;
  /** How often `restart` has put another loop in this row. */
  readonly restarts: number;
  /** The record of the loop's run. */
  readonly record: RunRecord;
  /** Random id of the last write; empty for a row that was never written. */
  readonly rev: string;
}

/** A loop that is about to start. */
export interface NewLoop {
  readonly loopId: string;
  /** Name or ARN of the function that runs the loops. */
  readonly target: string;
  readonly nowMs: number;
}

/** The run of a loop. A queue's URL and a token hold no `#`. */
export function runOf({ queueUrl, token, loopId }: LoopEvent): string {
  return `${queueUrl}#${token}#${loopId}`;
}

/** The loop of a run. */
export function loopOf(run: string): LoopEvent {
  const [queueUrl = "", token = "", loopId = ""] = run.split("#");
  return { queueUrl, token, loopId };
}

/** The event that starts a loop, as JSON. */
export function firstEvent({ queueUrl, token, loopId }: LoopEvent): string {
  return JSON.stringify({ queueUrl, token, loopId } satisfies LoopEvent);
}

/** The row of a new loop. */
export function newRow({ queueUrl, token }: TokenKey, { loopId, target, nowMs }: NewLoop): TokenRow {
  const loop: LoopEvent = { queueUrl, token, loopId };
  const record = create({ run: runOf(loop), nowMs, startedAtMs: nowMs, target, event: firstEvent(loop) });
  return { ...loop, restarts: 0, record, rev: "" };
}

/** Puts another loop in the place of one that is dead. */
export function takeOver(row: TokenRow, loop: NewLoop): TokenRow {
  return { ...newRow(row, loop), restarts: row.restarts + 1, rev: row.rev };
}

/** Asks a loop to end. It finishes the messages it has. */
export function endRow(row: TokenRow, nowMs: number): TokenRow {
  const { owner: _, dueAtMs: __, ...record } = row.record;
  return { ...row, record: { ...record, phase: "stopped", leaseUntilMs: 0, changedAtMs: nowMs } };
}

/** Whether the loop of a row should run. */
export function isRunning({ record }: TokenRow): boolean {
  return !isAtRest(record);
}

/** The loop's last heartbeat, in milliseconds since 1970; `undefined` before its first. */
export function lastUsedMs({ record }: TokenRow): number | undefined {
  return record.epoch > 0 ? record.heartbeatAtMs : undefined;
}

/** Whether a loop has shown no sign of life for so long: neither its start nor a heartbeat. */
export function isStale(row: TokenRow, nowMs: number, staleAfterMs: number): boolean {
  return isRunning(row) && row.record.heartbeatAtMs < nowMs - staleAfterMs;
}
