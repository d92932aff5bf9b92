/** A look at the fleet. */
export interface FleetSample {
  /** Since the beginning, in milliseconds. */
  readonly atMs: number;
  /** Messages that wait or are being worked on. */
  readonly depth: number;
  readonly processed: number;
  /** Tokens: loops that should run. */
  readonly tokens: number;
  /** Loops that have shown life since the last heartbeat was due. */
  readonly loops: number;
  /** Alarms that are on. */
  readonly alarms: number;
}

/** Something that happened to the fleet. */
export interface FleetEvent {
  readonly atMs: number;
  readonly kind: "alarm" | "up" | "down" | "killed" | "restarted" | "note";
  readonly text: string;
}

/** Everything that the demo saw. */
export interface FleetHistory {
  readonly startedAtMs: number;
  readonly messages: number;
  readonly samples: FleetSample[];
  readonly events: FleetEvent[];
  /** Thresholds of the alarms, in messages. */
  readonly thresholds: readonly number[];
  verdict: { readonly isOk: boolean; readonly message: string } | undefined;
}
