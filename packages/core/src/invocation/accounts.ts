import type { TimeBudget } from "../budget/time-budget.ts";
import type { Hop } from "../hop.ts";
import { invocationCostUsd, type Pricing } from "../recursion/cost.ts";
import type { RunStats } from "../recursion/envelope.ts";

/** Share of the invocation that the work must have had for a hop without a safe point to count as stalled. */
const FAIR_SHARE = 0.6;

/** The input of {@link Accounts}. */
export interface AccountParts {
  /** Usage before this hop. */
  readonly before: RunStats;
  readonly hop: Pick<Hop<unknown>, "steps">;
  readonly budget: TimeBudget;
  readonly remainingMs: () => number;
  /** Milliseconds this invocation had when it began. */
  readonly windowMs: number;
  readonly memoryMb: number;
  readonly pricing: Pricing;
}

/** The usage of a run, with this invocation's share. */
export class Accounts {
  readonly #parts: AccountParts;

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  /**
   * Usage up to now. `sameState`: what a hop counts as stalled that made steps but ends at the state it began with.
   * A hop without a safe point counts as one more, unless the run store used up its time: that says nothing of the work.
   */
  now(sameState = 0): RunStats {
    const { before, hop, budget, remainingMs, windowMs, memoryMb, pricing } = this.#parts;
    // A clock that is set back must not make what the next hop is told unusable.
    const spentMs = Math.max(0, windowMs - remainingMs());
    const hadTime = budget.windowMs >= FAIR_SHARE * windowMs;
    return {
      steps: before.steps + hop.steps,
      usedMs: before.usedMs + Math.round(spentMs),
      costUsd: before.costUsd + invocationCostUsd(pricing, memoryMb, spentMs),
      stalledHops: hop.steps > 0 ? sameState : before.stalledHops + (hadTime ? 1 : 0),
      budget: budget.stats(),
    };
  }
}
