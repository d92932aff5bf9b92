import type { EventInvokeConfig } from "./function-config.ts";

/** Age at which Lambda gives an asynchronous event up, unless configured shorter. */
const DEFAULT_MAX_AGE_MS = 6 * 3600 * 1000;
const DEFAULT_RETRIES = 2;

/** What has become of an asynchronous event so far. */
export interface EventHistory {
  readonly acceptedAtMs: number;
  /** Runs of the handler that failed. */
  readonly failures: number;
  /** Tries that found no concurrency, since the last run. */
  readonly throttles: number;
}

/** What happens to an event next. */
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
 * `timeScale` multiplies every one of these times.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
export function nextStep(history: EventHistory, config: EventInvokeConfig, nowMs: number, timeScale: number): NextStep {
  const isThrottled = history.throttles > 0;
  if (!isThrottled && history.failures > (config.maximumRetryAttempts ?? DEFAULT_RETRIES)) {
    return { step: "discard", condition: "RetriesExhausted", afterMs: 0 };
  }
  const unscaledMs = isThrottled
    ? Math.min(300_000, 1000 * 2 ** Math.min(history.throttles - 1, 20))
    : 60_000 * history.failures;
  const afterMs = unscaledMs * timeScale;
  const maxAgeMs =
    (config.maximumEventAgeSeconds === undefined ? DEFAULT_MAX_AGE_MS : config.maximumEventAgeSeconds * 1000) *
    timeScale;
  const leftMs = history.acceptedAtMs + maxAgeMs - nowMs;
  if (afterMs > leftMs) return { step: "discard", condition: "EventAgeExceeded", afterMs: Math.max(0, leftMs) };
  return { step: "retry", afterMs };
}
