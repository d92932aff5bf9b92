import { type Host, systemHost } from "../host.ts";
import { type HandOffDriver, sendAtWaking, sendWithRetry } from "../recursion/driver.ts";
import { handOffOfRecord } from "../recursion/event-of-record.ts";
import { assertHigher, finite } from "./run-limits.ts";
import type { RunLimits, RunRecord, RunStore } from "./run-store.ts";
import { storeCalls } from "./store-calls.ts";

/** Options of {@link resume}. */
export interface ResumeOptions {
  /** Id of the run. */
  readonly run: string;
  readonly store: RunStore;
  /** The channel that the run's hops are handed off by. */
  readonly driver: HandOffDriver;
  /** Limits of this run from now on, in place of the function's guards: totals, counted from its beginning. */
  readonly limits?: RunLimits;
  readonly host?: Host;
}

/**
 * Lets a run that is paused, stopped or failed go on from its last safe point: in its record first, then by its event. A run
 * that a limit ended needs a higher one, or it ends again at once. One that slept sleeps on until its time.
 *
 * @returns the record, or `undefined` if there is no such run or it is not at rest; one that is done stays done.
 * @throws {@link ConfigError} for a limit that is no number above 0, or that the run has reached; {@link HandOffError} if
 * the event could not be sent: the next sweep sends it.
 *
 * @example
 * ```ts
 * await resume({ run: "orders/s3:in/a.csv@005", store, driver: lambdaDriver(), limits: { maxHops: 20_000 } });
 * ```
 */
export async function resume(options: ResumeOptions): Promise<RunRecord | undefined> {
  const { run, store, driver, host = systemHost } = options;
  const limits = options.limits && finite(options.limits);
  const { ask, budgetMs } = storeCalls(host);
  const before = limits && (await ask("get", (signal) => store.get(run, signal)));
  if (before) assertHigher(before, limits, host.now());
  const nowMs = host.now();
  const record = await ask("resume", (signal) => store.resume(run, nowMs, limits, signal));
  if (!record) return undefined;
  const message = handOffOfRecord(record, driver);
  const { phase, wakeAtMs } = record;
  if (phase !== "sleeping" || wakeAtMs === undefined) await sendWithRetry(driver, message, host, budgetMs);
  // A sweep wakes it otherwise.
  else await sendAtWaking(driver, message, wakeAtMs, host, budgetMs).catch(() => {});
  return record;
}
