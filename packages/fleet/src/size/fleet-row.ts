/** The desired fleet of a queue: one row per queue, beside its tokens. */
export interface FleetRow {
  readonly queueUrl: string;
  /** Number of loops that should run. */
  readonly desired: number;
  /** Number of changes so far. */
  readonly version: number;
  /** Random id of the last write; empty for a row that was never written. */
  readonly rev: string;
  /** Last time each alarm added loops, by the alarm's ARN, in milliseconds since 1970. */
  readonly grownAtMs: Readonly<Record<string, number>>;
  /** Loops that each alarm that is on has added, by the alarm's ARN. As many end when it is over. */
  readonly brought: Readonly<Record<string, number>>;
  /** Start of the time in which sweeps found the queue empty, in milliseconds since 1970; 0 if the last one did not. */
  readonly idleSinceMs: number;
  /** Start of the time in which the queue is missing, in milliseconds since 1970; 0 if it exists. No loops run meanwhile. */
  readonly missingSinceMs: number;
  /** Whether it was stopped. Alarms then change nothing until it is started again. */
  readonly isStopped: boolean;
  /** Time of each alarm's last change, by the alarm's ARN. A second delivery of a change does nothing. */
  readonly applied: Readonly<Record<string, string>>;
}

/** Whether a row of the table is a fleet's and not a token's. */
export function isFleetRow(row: object): row is FleetRow {
  return "desired" in row;
}
