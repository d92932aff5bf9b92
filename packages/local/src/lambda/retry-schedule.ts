import type { EventInvokeConfig } from "./function-config.ts";

/** Age at which Lambda gives an asynchronous event up, unless configured shorter. */
const DEFAULT_MAX_AGE_MS = 6 * 3600 * 1000;
const DEFAULT_RETRIES = 2;

/** The history of an asynchronous event. */
export interface EventHistory {
  /** Time since it was accepted, what waits were cut short by included. */
  readonly ageMs: number;
  /** Runs of the handler that failed. */
  readonly failures: number;
  /** Tries that found no concurrency, since the last run. */
  readonly throttles: number;
}

/** The next step of an event. */
export type NextStep =
  | { readonly step: "retry"; readonly afterMs: number }
  | {
      readonly step: "discard";
      readonly condition: "RetriesExhausted" | "EventAgeExceeded";
      readonly afterMs: number;
    };

/**
 * When an event that failed or was throttled is tried again. After an error: 1 minute, then 2, at most
 * `maximumRetryAttempts` times. After a throttle: 1 second, doubling up to 5 minutes. Never beyond the maximum age.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function nextStep(history: EventHistory, config: EventInvokeConfig): NextStep {
  const isThrottled = history.throttles > 0;
  if (!isThrottled && history.failures > (config.maximumRetryAttempts ?? DEFAULT_RETRIES)) {
    return { step: "discard", condition: "RetriesExhausted", afterMs: 0 };
  }
  const afterMs = isThrottled
    ? Math.min(300_000, 1000 * 2 ** Math.min(history.throttles - 1, 20))
    : 60_000 * history.failures;
  const { maximumEventAgeSeconds } = config;
  const maxAgeMs = maximumEventAgeSeconds === undefined ? DEFAULT_MAX_AGE_MS : maximumEventAgeSeconds * 1000;
  const leftMs = maxAgeMs - history.ageMs;
  if (afterMs > leftMs) return { step: "discard", condition: "EventAgeExceeded", afterMs: Math.max(0, leftMs) };
  return { step: "retry", afterMs };
}

/** Clocks of hosts differ; who keeps a lease allows a second for it before taking it over. */
const CLOCK_SKEW_MS = 1_500;

/**
 * How long a wait takes that is cut short by `timeScale`. What comes first on AWS comes first here: a retry after the time
 * limit of an invocation whose process died, with which its lease ends, is not brought forward before it.
 *
 * @param limitLeftMs - what the failed invocation had left of its time limit; `undefined` if its process lived on.
 */
export function scaledWaitMs(afterMs: number, timeScale: number, limitLeftMs: number | undefined): number {
  const waitMs = afterMs * timeScale;
  if (limitLeftMs === undefined) return waitMs;
  const leaseMs = limitLeftMs + CLOCK_SKEW_MS;
  return leaseMs <= afterMs ? Math.max(waitMs, leaseMs) : waitMs;
}
