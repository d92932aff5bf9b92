/** Where a loop has its place: one row of the token table. */
export interface TokenKey {
  readonly queueUrl: string;
  readonly token: string;
}

/** One loop that should run. */
export interface TokenRow extends TokenKey {
  /** The loop that owns the row: a run of its own. A takeover puts another in its place. */
  readonly loopId: string;
  /** The hop of that run which may begin next. */
  readonly hop: number;
  /** `ended` asks the loop to end; the row is kept for a day, so that people can look at it. */
  readonly state: "running" | "ended";
  /** When this loop was sent its first event, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** The loop's last heartbeat, in milliseconds since 1970; `undefined` before its first. */
  readonly lastUsedMs: number | undefined;
  /** Random id of the invocation that began last. */
  readonly owner: string | undefined;
  /** What the run measured, as JSON; written with the heartbeat. */
  readonly stats: string | undefined;
  /** How often `restart` has put another loop in this row. */
  readonly restarts: number;
}

/** Which loop a row has to be of, and which of its invocations writes. */
export interface LoopPlace extends TokenKey {
  readonly loopId: string;
  readonly hop: number;
  readonly owner: string;
}

/** A row as it is when a loop is first sent off. */
export function newRow(key: TokenKey, loopId: string, nowMs: number): TokenRow {
  return {
    ...key,
    loopId,
    hop: 0,
    state: "running",
    startedAtMs: nowMs,
    lastUsedMs: undefined,
    owner: undefined,
    stats: undefined,
    restarts: 0,
  };
}
