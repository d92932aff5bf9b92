import { setTimeout as delay } from "node:timers/promises";

/** Keeps the pace at a record: waits until it is due, or until the signal aborts. */
export type KeepPace = (record: number, signal: AbortSignal) => Promise<void>;

/**
 * Keeps work below a number of records a second, counted from where it began: call the answer with each number reached.
 * It ends at once when the signal aborts, so that a hop never overstays for pacing.
 */
export function pace(
  maxRecordsPerSecond: number,
  fromRecord: number,
  now: () => number = performance.now.bind(performance),
  wait: (delayMs: number, signal: AbortSignal) => Promise<void> = sleep,
): KeepPace {
  if (maxRecordsPerSecond === Number.POSITIVE_INFINITY) return async () => {};
  const beganMs = now();
  return async (record, signal) => {
    const dueMs = beganMs + ((record - fromRecord) / maxRecordsPerSecond) * 1000;
    const delayMs = dueMs - now();
    if (delayMs >= 1 && !signal.aborted) await wait(delayMs, signal);
  };
}

async function sleep(delayMs: number, signal: AbortSignal): Promise<void> {
  // Being woken early is no failure.
  await delay(delayMs, undefined, { signal }).catch(() => {});
}
