import { call } from "../calls/call.ts";
import { retryable } from "../calls/retryable.ts";
import { type Host, systemHost } from "../host.ts";
import { type HandOffDriver, sendWithRetry } from "../recursion/driver.ts";
import { handOffOfRecord } from "../recursion/event-of-record.ts";
import type { DueQuery, RunStore } from "./run-store.ts";

/** Options of {@link sweep}. */
export interface SweepOptions {
  readonly store: RunStore;
  readonly driver: HandOffDriver;
  /**
   * How long the event of a run that is due may be under way before it is sent again, in milliseconds. Default 60,000. It
   * has to be more than the clocks of two hosts differ.
   */
  readonly olderThanMs?: number;
  /** Time the sweep may take, in milliseconds left. Default: no limit. */
  readonly remainingMs?: () => number;
  readonly host?: Host;
}

/** The report of a sweep. */
export interface SweepReport {
  /** Runs that were due. */
  readonly due: number;
  /** Hops whose event was sent again. */
  readonly sent: number;
  /** Hops whose event could not be sent; a later sweep tries again. */
  readonly failed: number;
  /** Hops whose event was not sent, because their function is throttled; a later sweep tries again. */
  readonly throttled: number;
}

/** Time kept back for the last send, in milliseconds. */
const RESERVE_MS = 5_000;

/** Runs that are looked after at once. */
const AT_ONCE = 8;

/**
 * Finds runs that stand still although they should not (a lost hand-off, a dead owner) and sends their next hop's event
 * again. Two sweeps at once are harmless: at most one attempt takes the lease. Run it on a schedule beside every store.
 *
 * @example
 * ```ts
 * export const handler = (_: unknown, context: Context) =>
 *   sweep({ store, driver: lambdaDriver(), remainingMs: () => context.getRemainingTimeInMillis() });
 * ```
 */
export async function sweep(options: SweepOptions): Promise<SweepReport> {
  const { store, driver, olderThanMs = 60_000, host = systemHost } = options;
  const remainingMs = options.remainingMs ?? (() => Number.POSITIVE_INFINITY);
  const report = { due: 0, sent: 0, failed: 0, throttled: 0 };
  const throttled = new Set<string>();
  const nowMs = host.now();
  const beforeMs = nowMs - olderThanMs;
  const ask = <Answer>(name: string, send: (signal: AbortSignal) => Promise<Answer>) => {
    // A table that does not answer must leave time for what was found before.
    const untilMs = host.now() + RESERVE_MS;
    const budgetMs = () => Math.min(untilMs - host.now(), remainingMs());
    return call(send, { name: `The run store's ${name}`, kind: "control", budgetMs, host });
  };

  async function lookAfter(run: string): Promise<void> {
    try {
      const query: DueQuery = { beforeMs, nowMs: host.now() };
      const record = await ask("postpone", (signal) => store.postpone(run, query, signal));
      if (!record) return;
      report.due++;
      // One target that takes nothing must not use up the time of all others.
      if (throttled.has(record.target)) {
        report.throttled++;
        return;
      }
      const message = handOffOfRecord(record, driver);
      const untilMs = host.now() + RESERVE_MS;
      try {
        await sendWithRetry(driver, message, host, () => Math.min(untilMs - host.now(), remainingMs()));
        report.sent++;
      } catch (error) {
        if (retryable(error) === "throttled") throttled.add(record.target);
        throw error;
      }
    } catch {
      report.failed++;
    }
  }

  let cursor: string | undefined;
  do {
    const query: DueQuery = { beforeMs, nowMs, cursor };
    const page = await ask("due", (signal) => store.due(query, signal));
    const left = [...page.runs];
    const worker = async () => {
      for (let run = left.shift(); run !== undefined && remainingMs() >= RESERVE_MS; run = left.shift()) {
        await lookAfter(run);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    cursor = page.cursor;
  } while (cursor !== undefined && remainingMs() >= RESERVE_MS);
  return report;
}
