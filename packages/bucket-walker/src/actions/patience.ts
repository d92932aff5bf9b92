import { ObjectActionError } from "./object-failure.ts";

/** How often something is tried, and what passes the time in between. */
export interface Patience {
  /** Most tries, the first included. */
  readonly tries: number;
  /** Waits so many milliseconds; rejects when the signal aborts. */
  readonly pause: (delayMs: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/**
 * Tries work on an object until it is done, with growing, random pauses.
 *
 * @throws ObjectActionError when it is given up; the signal's reason when aborted.
 */
export async function tryPatiently(
  action: string,
  key: string,
  work: () => Promise<void>,
  { tries, pause, random }: Patience,
  signal: AbortSignal,
): Promise<void> {
  for (let number = 1; ; number++) {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (number >= tries || !isWorthRetrying(error)) throw new ObjectActionError(action, key, number, error);
      // https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
      await pause(random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** number), signal);
    }
  }
}

/**
 * An answer of 4xx is the same the next time, but for those that say "not now", and for an upload that is gone: it was
 * completed, and the answer was lost, or somebody cleared it away.
 */
export function isWorthRetrying(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return true;
  const { httpStatusCode: status = 0 } = error.$metadata as { httpStatusCode?: number };
  const isGone = "name" in error && error.name === "NoSuchUpload";
  return status < 400 || status >= 500 || status === 408 || status === 409 || status === 429 || isGone;
}
