import { setTimeout as pause } from "node:timers/promises";

/** How often and how patiently something is tried again. */
export interface RetryPolicy {
  /** Tries in all. Default 5. */
  readonly attempts?: number;
  /** Longest first pause in milliseconds; doubles each time, up to 5 s. Default 100. */
  readonly baseMs?: number;
  /** For tests: waits. Rejects if the signal is aborted. */
  readonly pause?: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
  /** For tests: a number in [0, 1). */
  readonly random?: () => number;
}

const MAX_PAUSE_MS = 5_000;

/** Pause before try number `attempt` (2, 3, ...), with full jitter, as AWS advises for many clients of one service. */
export function pauseMs(attempt: number, baseMs: number, random: number): number {
  return Math.floor(random * Math.min(MAX_PAUSE_MS, baseMs * 2 ** (attempt - 2)));
}

/** Waits before try number `attempt`. Rejects with the signal's reason if that is aborted. */
export async function backOff(attempt: number, policy: RetryPolicy, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const delayMs = pauseMs(attempt, policy.baseMs ?? 100, (policy.random ?? Math.random)());
  try {
    await (policy.pause ?? sleep)(delayMs, signal);
  } finally {
    signal?.throwIfAborted();
  }
}

/** Does `work`, again if `isTransient` says of its error that this may help. */
export async function retrying<T>(
  work: () => Promise<T>,
  isTransient: (error: unknown) => boolean,
  policy: RetryPolicy = {},
  signal?: AbortSignal,
): Promise<T> {
  const attempts = policy.attempts ?? 5;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      if (attempt >= attempts || !isTransient(error)) throw error;
      await backOff(attempt + 1, policy, signal);
    }
  }
}

async function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(delayMs, undefined, signal === undefined ? {} : { signal });
}
