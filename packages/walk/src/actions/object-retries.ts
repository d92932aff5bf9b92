import { CallTimeoutError, isPermanent } from "@longhaul/core/errors";
import { type Retryable, retryable } from "@longhaul/core/parts";

/**
 * So often an object is tried that a service refuses for now, while others get through. With 30 % of a service's calls
 * failing, fewer than one object in 10^13 is given up.
 */
const MAX_REFUSALS = 25;

/** So often it is tried while no other object gets through: some minutes, with the pauses in between. */
const MAX_REFUSALS_ALONE = 100;

/** Objects of an action that were done with, in this function instance: while there are none, no object is at fault. */
export class ActionHealth {
  done = 0;
}

/** Options of {@link ObjectRetries}. */
export interface ObjectRetriesOptions {
  /** Most tries of work that throws an error of its own, the first included. */
  readonly tries: number;
  /** Tries that may end by the object's time limit, the last included. An abandoned one may still go on beside the next. */
  readonly timeouts: number;
  readonly health: Pick<ActionHealth, "done">;
  /** Name of the call whose time limit is the object's. */
  readonly callName: string;
}

/**
 * Decides whether the work on one object is tried again after an error. A service that is slow or throttled ends no work:
 * an object that it refuses is given up late, and the later if others do not get through either.
 */
export class ObjectRetries {
  readonly #options: ObjectRetriesOptions;
  #errors = 0;
  #timeouts = 0;
  #refusals = 0;
  #doneBefore: number | undefined;

  constructor(options: ObjectRetriesOptions) {
    this.#options = options;
  }

  /** Tries that failed. */
  get failedTries(): number {
    return this.#errors + this.#timeouts + this.#refusals;
  }

  /** Why another try may help; `undefined` to give the object up. */
  worthRepeating(error: unknown): Retryable | undefined {
    const { tries, timeouts, health, callName } = this.#options;
    if (error instanceof CallTimeoutError && error.call === callName) {
      return ++this.#timeouts < timeouts ? "transient" : undefined;
    }
    const why = retryable(error);
    if (why !== undefined) {
      this.#doneBefore ??= health.done;
      const most = health.done > this.#doneBefore ? MAX_REFUSALS : MAX_REFUSALS_ALONE;
      return ++this.#refusals < most ? why : undefined;
    }
    this.#errors++;
    return isWorthRetrying(error) && this.#errors < tries ? "transient" : undefined;
  }
}

/**
 * A service's answer that is final is the same the next time, but for an upload that is gone: it was completed, and the
 * answer was lost, or somebody cleared it away.
 */
function isWorthRetrying(error: unknown): boolean {
  if (isPermanent(error)) return false;
  const isAnswer = typeof error === "object" && error !== null && "$metadata" in error;
  return !isAnswer || ("name" in error && error.name === "NoSuchUpload");
}
