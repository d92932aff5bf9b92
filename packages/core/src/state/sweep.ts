import { type Host, systemHost } from "../host.ts";
import { type HandOffDriver, sendWithRetry } from "../recursion/driver.ts";
import { eventOfRecord } from "../recursion/event-of-record.ts";
import type { RunStore } from "./run-store.ts";

/** Options of {@link sweep}. */
export interface SweepOptions {
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  /** Runs whose heartbeat is older, in milliseconds, and whose lease is over. Default 60,000. */
  readonly olderThanMs?: number;
  /** How far the clocks of two hosts may differ, in milliseconds. Default 1,000. */
  readonly skewMs?: number;
  /** Time the sweep may take, in milliseconds left. Default: no limit. */
  readonly remainingMs?: () => number;
  readonly host?: Host;
}

/** What a sweep did. */
export interface SweepReport {
  /** Stale records found. */
  readonly stale: number;
  /** Hops whose event was sent again. */
  readonly sent: number;
  /** Hops whose event could not be sent; the next sweep tries again. */
  readonly failed: number;
}

/** Time kept back for the last send, in milliseconds. */
const RESERVE_MS = 5_000;

/**
 * Finds runs that stand still although they should not (a lost hand-off, a dead owner) and sends their next hop's event
 * again. Two sweepers at once are harmless: the hop's claim is fenced. Run it on a schedule beside every store.
 *
 * @example
 * ```ts
 * export const handler = (_: unknown, context: Context) =>
 *   sweep({ store, driver: lambdaDriver(), remainingMs: () => context.getRemainingTimeInMillis() });
 * ```
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { store, driver, olderThanMs = 60_000, skewMs = 1_000, host = systemHost } = options;
  const remainingMs = options.remainingMs ?? (() => Number.POSITIVE_INFINITY);
  let stale = 0;
  let sent = 0;
  let failed = 0;
  const nowMs = host.now();
  for await (const record of store.stale({ heartbeatBeforeMs: nowMs - olderThanMs, leaseOverMs: nowMs - skewMs })) {
    stale++;
    if (remainingMs() < RESERVE_MS) break;
    try {
      if (!(await store.touch(record, host.now()))) continue;
      const message = { run: record.run, hop: record.hop, target: record.target, ...eventOfRecord(record) };
      // One target that takes nothing (a throttled function) must not use up the time of all others.
      const untilMs = host.now() + RESERVE_MS;
      await sendWithRetry(driver, message, host, () => Math.min(untilMs - host.now(), remainingMs()));
      sent++;
    } catch {
      failed++;
    }
  }
  return { stale, sent, failed };
}
