/** What a queue's fleet should be: one row per queue, beside its tokens. */
export interface FleetRow {
  readonly queueUrl: string;
  /** How many loops should run. */
  readonly desired: number;
  /** Counts the writes of this row; each write asks for the one before. */
  readonly version: number;
  /** Who wrote last, so that a repeated write whose answer was lost is recognised. */
  readonly writer: string;
  /** When each alarm last made it larger, by the alarm's ARN, in milliseconds since 1970. */
  readonly grownAtMs: Readonly<Record<string, number>>;
  /** How many loops each alarm that is on has brought, by the alarm's ARN: as many go when it is over. */
  readonly brought: Readonly<Record<string, number>>;
  /** Since when sweeps have found its queue empty, in milliseconds since 1970; 0 if the last did not. */
  readonly idleSinceMs: number;
  /** Whether it was stopped: alarms then change nothing until it is started again. */
  readonly isStopped: boolean;
  /** When each alarm last changed, by the alarm's ARN: a second delivery of a change does nothing. */
  readonly applied: Readonly<Record<string, string>>;
}

/** Whether a row of the table is a fleet's and not a token's. */
export function isFleetRow(row: object): row is FleetRow {
  return "desired" in row;
}
