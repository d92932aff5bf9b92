import { assertAmount } from "../config.ts";
import { ConfigError } from "../errors.ts";
import { DurationEstimate, type DurationStats } from "./estimate.ts";

/** The learned part of a budget; carried in the envelope, so that each hop knows what the hops before it learned. */
export interface BudgetStats {
  readonly step?: DurationStats;
  readonly handOff?: DurationStats;
}

/** Options of a {@link TimeBudget}. */
export interface TimeBudgetOptions {
  /** Milliseconds left of this invocation, usually `() => context.getRemainingTimeInMillis()`. Zero or less means stop. */
  readonly remainingMs: () => number;
  /** Time kept back for handing off: a fixed number of milliseconds, or `"learned"` (default) from measured hand-offs. */
  readonly reserveMs?: number | "learned" | undefined;
  /** Statistics of earlier hops. */
  readonly learned?: BudgetStats | undefined;
}

/** The smallest learned reserve: covers a garbage collection or a slow network round trip. */
export const MIN_RESERVE_MS = 200;
/** There is one hand-off a hop: a slow one is to be forgotten after some hops. */
const HAND_OFF_WINDOW = 8;
/** Before the first hand-off was measured: a twentieth of the invocation, between these. */
const MIN_FIRST_RESERVE_MS = 300;
const MAX_FIRST_RESERVE_MS = 3_000;

/**
 * How much of an invocation's time may still be used. Asked at each safe point whether one more step fits:
 * `remaining > reserve + predicted(next step)`.
 *
 * @example
 * ```ts
 * // A loop of your own, without recursive():
 * const budget = new TimeBudget({ remainingMs: () => context.getRemainingTimeInMillis() });
 * for (const item of items) {
 *   await work(item);
 *   if (!budget.hasTimeForStep()) return continueAsNew({ event, context, state: item.id, driver });
 * }
 * ```
 */
export class TimeBudget {
  readonly #remainingMs: () => number;
  readonly #reserveMs: number | "learned";
  readonly #step: DurationEstimate;
  readonly #handOff: DurationEstimate;
  readonly #windowMs: number;
  #lastRemainingMs: number;
  /** How long the first step here took: with opening, loading and warming up it says little of those that follow. */
  #openingMs: number | undefined;
  #hasMeasured = false;
  /**
   * Milliseconds that work beside the steps needs after the last step, such as requests in flight at a safe point.
   * The hop ends that much earlier, so that this work can end before the reserve. With the predicted step it counts for
   * at most half the window. Default 0.
   */
  besideMs = 0;

  /**
   * @throws {@link ConfigError} if the reserve is not a positive number of milliseconds, or not smaller than the time
   * this invocation has.
   */
  constructor(options: TimeBudgetOptions) {
    this.#remainingMs = options.remainingMs;
    this.#windowMs = this.#lastRemainingMs = options.remainingMs();
    this.#step = new DurationEstimate(options.learned?.step);
    this.#handOff = new DurationEstimate(options.learned?.handOff, HAND_OFF_WINDOW);
    const reserveMs = options.reserveMs ?? "learned";
    this.#reserveMs = reserveMs;
    assertReserve(reserveMs);
    assertTimeToWork(reserveMs, this.#windowMs);
  }

  /** Milliseconds left of this invocation, now. */
  get remainingMs(): number {
    return this.#remainingMs();
  }

  /** Milliseconds this invocation had when the budget was made. */
  get windowMs(): number {
    return this.#windowMs;
  }

  /** Milliseconds kept back for handing off. */
  get reserveMs(): number {
    if (this.#reserveMs !== "learned") return this.#reserveMs;
    const half = Math.max(0, this.#windowMs / 2);
    const wanted = this.#handOff.known
      ? Math.max(MIN_RESERVE_MS, 2 * this.#handOff.predictedMs)
      : Math.min(MAX_FIRST_RESERVE_MS, Math.max(MIN_FIRST_RESERVE_MS, this.#windowMs / 20));
    return Math.min(half, wanted);
  }

  /** Milliseconds the next step is expected to need; 0 before the first. At most half the window, so that one huge step cannot idle every later hop. */
  get predictedStepMs(): number {
    const predictedMs = this.#step.known ? this.#step.predictedMs : (this.#openingMs ?? 0);
    return Math.min(predictedMs, this.#windowMs / 2);
  }

  /** Milliseconds that steps may still use: what remains, less the reserve. */
  get usableMs(): number {
    return this.#remainingMs() - this.reserveMs;
  }

  /**
   * Ends a step and says whether one more fits. The time since the last call (or since the budget was made) counts as
   * the step's duration. The first step of an invocation counts only as long as nothing else is known.
   */
  hasTimeForStep(): boolean {
    const remaining = this.#remainingMs();
    const stepMs = this.#lastRemainingMs - remaining;
    if (this.#openingMs === undefined) this.#openingMs = Math.max(0, stepMs);
    else {
      this.#step.add(stepMs);
      this.#hasMeasured = true;
    }
    this.#lastRemainingMs = remaining;
    return this.#holdsStep();
  }

  /** Milliseconds that remained at the end of the last step; costs no look at the clock. */
  get lastRemainingMs(): number {
    return this.#lastRemainingMs;
  }

  /**
   * Starts timing anew, so that what happened since the last step (a checkpoint, loading) does not count as one, and says
   * whether a step still fits.
   */
  restartStep(): boolean {
    this.#lastRemainingMs = this.#remainingMs();
    return this.#holdsStep();
  }

  /** Whether another step fits if the current one ends now. Counts nothing. */
  get hasTimeAfterStep(): boolean {
    const remaining = this.#remainingMs();
    const stepMs = this.#lastRemainingMs - remaining;
    const { known, predictedMs } = this.#step;
    // The first step of an invocation counts only while nothing else is known.
    const isOpening = this.#openingMs === undefined;
    const nextMs = isOpening ? (known ? predictedMs : stepMs) : this.#step.predictedAfter(stepMs);
    return this.#holds(remaining, nextMs);
  }

  #holdsStep(): boolean {
    return this.#holds(this.#lastRemainingMs, this.predictedStepMs);
  }

  #holds(remainingMs: number, predictedMs: number): boolean {
    return remainingMs > this.reserveMs + Math.min(this.#windowMs / 2, predictedMs + this.besideMs);
  }

  /** Takes a measured hand-off duration, in milliseconds. */
  addHandOff(ms: number): void {
    this.#handOff.add(ms);
  }

  /** The statistics for the next hop. */
  stats(): BudgetStats {
    // A hop of one step learns from it all the same, or a run of such hops would never learn that steps are short by now.
    const step = this.#step.stats(this.#hasMeasured ? undefined : this.#openingMs);
    const handOff = this.#handOff.stats();
    return { ...(step && { step }), ...(handOff && { handOff }) };
  }
}

/** @throws {@link ConfigError} unless `reserveMs` is `"learned"` or a number above 0. */
export function assertReserve(reserveMs: unknown): void {
  if (reserveMs !== "learned") assertAmount('reserveMs, if not "learned",', reserveMs);
}

/** @throws {@link ConfigError} if a fixed reserve is as long as the invocation. */
export function assertTimeToWork(reserveMs: number | "learned", windowMs: number): void {
  if (reserveMs === "learned" || windowMs <= 0 || reserveMs < windowMs) return;
  throw new ConfigError(
    `reserveMs ${reserveMs} leaves no time to work in an invocation of ${Math.round(windowMs)} ms. Lower it or raise the function's timeout.`,
  );
}
