import { describe, expect, it } from "vitest";
import { TimeBudget } from "../budget/time-budget.ts";
import { ARM64_US_EAST_1, invocationCostUsd } from "../recursion/cost.ts";
import { NO_STATS, parseStats } from "../recursion/envelope.ts";
import { type AccountParts, Accounts } from "./accounts.ts";

const before = { ...NO_STATS, steps: 3, usedMs: 1_000, costUsd: 1, stalledHops: 2 };

function accounts(leftMs: number, change: Partial<AccountParts> & { readonly budgetMs?: number } = {}) {
  const { budgetMs = 10_000, ...parts } = change;
  const budget = new TimeBudget({ remainingMs: () => budgetMs });
  const remainingMs = () => leftMs;
  const fixed = { before, budget, remainingMs, windowMs: 10_000, memoryMb: 512, pricing: ARM64_US_EAST_1 };
  return new Accounts({ hop: { steps: 0 }, ...fixed, ...parts });
}

describe("what a run has used", () => {
  it("is what it had used, and this invocation's time and cost", () => {
    expect(accounts(4_000, { hop: { steps: 5 } }).now()).toEqual({
      steps: 8,
      usedMs: 7_000,
      costUsd: 1 + invocationCostUsd(ARM64_US_EAST_1, 512, 6_000),
      stalledHops: 0,
      budget: {},
    });
  });

  it("never falls, though the clock is set back: the next hop could not read it", () => {
    const stats = accounts(15_000).now();
    expect(stats).toMatchObject({ usedMs: 1_000, costUsd: 1 + ARM64_US_EAST_1.usdPerRequest });
    expect(() =>
      parseStats({ ...stats, usedMs: accounts(15_000, { before: NO_STATS }).now().usedMs }, "stats"),
    ).not.toThrow();
  });
});

describe("a hop counts as stalled", () => {
  it.each<[string, number, Partial<AccountParts> & { readonly budgetMs?: number }, number]>([
    ["if it came to no safe point", 0, {}, 3],
    ["not if the run store had used up its time: that says nothing of the work", 0, { budgetMs: 5_000 }, 2],
    ["not if it came to one", 0, { hop: { steps: 1 } }, 0],
    ["as often as is said, if it ends at the state it began with", 3, { hop: { steps: 1 } }, 3],
  ])("%s", (_, sameState, change, stalledHops) => {
    expect(accounts(1_000, change).now(sameState).stalledHops).toBe(stalledHops);
  });
});
