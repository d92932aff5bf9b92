import { setTimeout as delay } from "node:timers/promises";
import { assertAmount } from "@longhaul/core/parts";

/** Keeps the pace at a position: waits until it is due, or until the signal aborts. Never rejects for being woken early. */
export type KeepPace = (position: number, signal: AbortSignal) => Promise<void>;

/** Clock and timer of {@link pace}, for tests. */
export interface PaceOptions {
  /** Milliseconds, from any origin. Default: `performance.now`. */
  readonly now?: (() => number) | undefined;
  /** Waits this long, or until the signal aborts. Default: a timer. */
  readonly wait?: ((delayMs: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/** A longer timer fires at once: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Keeps work below a number of bytes or records a second, counted from where this hop began: call the answer with each
 * position reached. It ends at once when the signal aborts, so that a hop never overstays for pacing.
 *
 * @param maxPerSecond How many a second at most, in the unit of the positions; `Infinity` never waits.
 * @param from The position at which this hop begins.
 * @throws ConfigError unless `maxPerSecond` is a number above 0.
 * @example
 * ```ts
 * const keepPace = pace(500, state.read.record);
 * for await (const batch of readBatches(source, { format: "ndjson", from: state.read })) {
 *   await handle(batch);
 *   await keepPace(batch.end.record, signal);
 *   yield { ...state, read: batch.end };
 * }
 * ```
 */
export function pace(maxPerSecond: number, from: number, options: PaceOptions = {}): KeepPace {
  assertAmount("maxPerSecond", maxPerSecond, true);
  if (maxPerSecond === Number.POSITIVE_INFINITY) return async () => {};
  const { now = () => performance.now(), wait = sleep } = options;
  const beganMs = now();
  return async (position, signal) => {
    const dueMs = beganMs + ((position - from) / maxPerSecond) * 1000;
    const delayMs = Math.min(dueMs - now(), LONGEST_TIMER_MS);
    if (delayMs >= 1 && !signal.aborted) await wait(delayMs, signal);
  };
}

async function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  // Being woken early is no failure.
  await delay(delayMs, undefined, { signal }).catch(() => {});
}
