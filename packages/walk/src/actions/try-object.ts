import { FailRunError } from "@longhaul/core";
import { CallTimeoutError } from "@longhaul/core/errors";
import type { Host } from "@longhaul/core/parts";
import { call } from "@longhaul/core/parts";
import { ObjectActionError, ObjectTimeoutError } from "./object-failure.ts";
import { type ActionHealth, ObjectRetries } from "./object-retries.ts";

/** Share of an invocation that a try may use. Work that takes longer ends in no invocation, so it is given up. */
const SHARE_OF_HOP = 0.9;

/** How work on objects is tried. */
export interface ObjectTries {
  /** Most tries of an object whose work throws, the first included. */
  readonly tries: number;
  /** Longest time that a try may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly health: ActionHealth;
  readonly host: Pick<Host, "timer" | "random">;
}

/** A try of one object. */
export interface ObjectTry {
  /** Name of the action, for errors. */
  readonly action: string;
  readonly key: string;
  /** Longest time that this try may take, in milliseconds. */
  readonly limitMs: number;
  /** Time for work that an invocation has, in milliseconds. */
  readonly usableMs: number;
  readonly signal: AbortSignal;
}

/**
 * Tries work on an object until it is done, with growing, random pauses. Work that does not end is abandoned at its limit.
 *
 * @throws ObjectActionError when it is given up; FailRunError as it is; the signal's reason when aborted.
 */
export async function tryObject(
  { tries, health, host }: ObjectTries,
  { action, key, limitMs, usableMs, signal }: ObjectTry,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const name = `${action} of ${JSON.stringify(key)}`;
  const timeouts = 2 * limitMs <= SHARE_OF_HOP * usableMs ? 2 : 1;
  const retries = new ObjectRetries({ tries, timeouts, health, callName: name });
  try {
    await call(work, {
      ...{ name, kind: "long-operation", signal, host },
      budgetMs: () => limitMs,
      retryable: (error) => retries.worthRepeating(error),
    });
    health.done++;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof FailRunError) throw error;
    const isTimeout = error instanceof CallTimeoutError && error.call === name;
    const cause = isTimeout ? new ObjectTimeoutError(name, limitMs) : error;
    throw new ObjectActionError(action, key, retries.failedTries, cause);
  }
}

/** The longest time that a try may take, in milliseconds, in an invocation with so much time for work. */
export function tryLimitMs(timeoutMs: number, usableMs: number): number {
  return Math.min(timeoutMs, SHARE_OF_HOP * usableMs);
}
