import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** How long a process of Node takes on a quiet machine, in milliseconds, at the least. */
const QUIET_MS = 80;
/** Beyond this, waiting would be all that the lane does. */
const MOST = 8;

/**
 * How many times slower than a quiet machine this one is at the moment: at least 1. Time limits of functions are real, and a
 * machine that is busy with other things would not get anything done within those of a quiet one.
 */
export async function measureSlowness(tries = 5): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < tries; at++) {
    const beganMs = performance.now();
    await promisify(execFile)(process.execPath, ["--eval", ""]);
    times.push(performance.now() - beganMs);
  }
  return slownessOf(times);
}

/** The factor of such times, in milliseconds: by the middle one, in whole steps. */
export function slownessOf(timesMs: readonly number[]): number {
  const middleMs = timesMs.toSorted((a, b) => a - b)[Math.floor(timesMs.length / 2)] ?? QUIET_MS;
  return Math.min(MOST, Math.max(1, Math.round(middleMs / QUIET_MS)));
}
