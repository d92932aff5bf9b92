import { type Host, systemHost } from "../host.ts";
import { backOffMs } from "./back-off.ts";
import { type Retryable, retryable } from "./retryable.ts";

/** How long, how often and how a call is made again. */
export interface CallTuning {
  /** Time left for the call with all its tries, in milliseconds; asked before each try. Default: no limit. */
  readonly budgetMs?: (() => number) | undefined;
  /** Most tries. Default: as many as the budget allows, and 5 if nothing bounds it. */
  readonly attempts?: number | undefined;
  /** Whether an error is worth another try. Default: {@link retryable}. */
  readonly retryable?: ((error: unknown) => Retryable | undefined) | undefined;
  /** Called after each failed try that will be repeated, such as to count throttles. */
  readonly onRetry?: ((error: unknown, why: Retryable) => void) | undefined;
  /** Time and chance. Default: the machine's. */
  readonly host?: Pick<Host, "timer" | "random"> | undefined;
}

const ATTEMPTS_WITHOUT_BUDGET = 5;

/** Below so much time, in milliseconds, no further try is begun. */
const LEAST_MS = 20;

/** Decides after each failed try whether another follows, and pauses before it. */
export class Retries {
  readonly #tuning: CallTuning;
  readonly #signal: AbortSignal | undefined;
  readonly #host: Pick<Host, "timer" | "random">;
  #failures = 0;

  constructor(tuning: CallTuning, signal: AbortSignal | undefined) {
    this.#tuning = tuning;
    this.#signal = signal;
    this.#host = tuning.host ?? systemHost;
  }

  /** Failed tries since the beginning or the last {@link reset}. */
  get failures(): number {
    return this.#failures;
  }

  /** Time left, in milliseconds. `Infinity` if nothing bounds it. */
  get leftMs(): number {
    return this.#tuning.budgetMs?.() ?? Number.POSITIVE_INFINITY;
  }

  /** Why an error is worth another try; `undefined` if it is final. */
  judge(error: unknown): Retryable | undefined {
    return (this.#tuning.retryable ?? retryable)(error);
  }

  /** The work got further: the next failure counts as the first. */
  reset(): void {
    this.#failures = 0;
  }

  /**
   * Pauses before the next try.
   *
   * @throws `error` if it is final or no try is left; the signal's reason if it was aborted.
   */
  async pauseAfter(error: unknown, why: Retryable | undefined = this.judge(error)): Promise<void> {
    this.#signal?.throwIfAborted();
    this.#failures++;
    const { leftMs } = this;
    const isBounded = Number.isFinite(leftMs);
    const attempts = this.#tuning.attempts ?? (isBounded ? Number.POSITIVE_INFINITY : ATTEMPTS_WITHOUT_BUDGET);
    if (why === undefined || this.#failures >= attempts || leftMs < LEAST_MS) throw error;
    this.#tuning.onRetry?.(error, why);
    // A pause may not use up the time that the next try needs.
    const delayMs = Math.min(backOffMs(this.#failures, why, this.#host.random()), leftMs / 2);
    await pause(this.#host, delayMs, this.#signal);
  }
}

/** Waits; rejects with the signal's reason if that aborts. */
export function pause(host: Pick<Host, "timer">, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = host.timer(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
