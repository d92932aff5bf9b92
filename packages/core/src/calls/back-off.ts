import type { Retryable } from "./retryable.ts";

const FIRST_MS: Record<Retryable, number> = { transient: 50, throttled: 200 };
const MOST_MS: Record<Retryable, number> = { transient: 2_000, throttled: 5_000 };

/**
 * The pause after failed try number `attempt` (from 1), in milliseconds: exponential with full jitter, longer where the
 * service said that it was asked too fast. `random` is in [0, 1).
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export function backOffMs(attempt: number, why: Retryable, random: number): number {
  return random * Math.min(MOST_MS[why], FIRST_MS[why] * 2 ** attempt);
}
