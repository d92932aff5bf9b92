import { setTimeout as delay } from "node:timers/promises";

/**
 * Keeps work below a number of bytes a second, counted from where it began: call the answer with each position reached.
 * It waits in small pieces and ends at once when the signal aborts, so that a hop never overstays for pacing.
 */
export function pace(
  maxBytesPerSecond: number,
  fromByte: number,
  now: () => number = performance.now.bind(performance),
): (byte: number, signal: AbortSignal) => Promise<void> {
  if (maxBytesPerSecond === Number.POSITIVE_INFINITY) return async () => {};
  const beganMs = now();
  return async (byte, signal) => {
    const dueMs = beganMs + ((byte - fromByte) / maxBytesPerSecond) * 1000;
    const waitMs = dueMs - now();
    if (waitMs >= 1 && !signal.aborted) await delay(waitMs, undefined, { signal }).catch(() => {});
  };
}
