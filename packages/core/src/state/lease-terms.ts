/**
 * How long a lease lasts. `"invocation"`: as long as the platform lets the invocation live; a run whose process dies early
 * is taken over when that time is over, up to 15 minutes later. `heartbeatMs`: three heartbeats; a timer beside the work
 * renews it with each heartbeat, so a run whose process dies is free after three heartbeats and the skew, and the next retry
 * or sweep takes it. A process that stalls without dying loses its lease the same way: its writes are fenced.
 */
export type LeaseKind =
  | "invocation"
  | {
      /** Time between two renewals, in milliseconds. Each costs one write to the store. */
      readonly heartbeatMs: number;
    };

/** How long the lease of an invocation lasts. */
export interface LeaseTerms {
  /** Milliseconds that the platform lets the invocation live, from now. */
  readonly remainingMs: () => number;
  /** Time between two renewals, in milliseconds; `undefined` for a lease that lasts as long as the invocation. */
  readonly heartbeatMs: number | undefined;
}

/** A lease lasts this many heartbeats: one that is late, and one that fails, do not end it. */
const HEARTBEATS = 3;

/** The end of a lease that is taken or renewed now. */
export function leaseEnd({ remainingMs, heartbeatMs }: LeaseTerms, nowMs: number): number {
  const aliveMs = Math.max(0, remainingMs());
  return nowMs + (heartbeatMs === undefined ? aliveMs : Math.min(aliveMs, HEARTBEATS * heartbeatMs));
}
