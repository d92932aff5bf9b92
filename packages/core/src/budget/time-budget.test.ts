import { describe, expect, it } from "vitest";
import { parseStats } from "../recursion/envelope.ts";
import { type BudgetStats, TimeBudget, type TimeBudgetOptions } from "./time-budget.ts";

/** A budget over a remaining time that the test sets. */
function budgetOf(windowMs: number, options: Partial<TimeBudgetOptions> = {}) {
  const time = { leftMs: windowMs };
  const budget = new TimeBudget({ remainingMs: () => time.leftMs, ...options });
  /** Spends a step of this length, and answers whether one more fits. */
  const step = (ms: number) => {
    time.leftMs -= ms;
    return budget.hasTimeForStep();
  };
  return { budget, time, step };
}

describe("a budget allows one more step while remaining > reserve + prediction", () => {
  it("stops at the last safe point from which a step could overrun, and not before", () => {
    const { step, time } = budgetOf(10_000, { reserveMs: 1_000 });
    // One step of 1,000 is predicted to become 3,000 at worst; steadiness lowers that with every step.
    const answers = Array.from({ length: 9 }, () => ({ more: step(1_000), leftMs: time.leftMs }));
    expect(answers.map(({ more }) => more)).toEqual([true, true, true, true, true, true, true, false, false]);
  });

  it("counts only steps as steps", () => {
    const { budget, time, step } = budgetOf(100_000);
    step(10);
    time.leftMs -= 50_000; // a checkpoint on a bad day
    budget.restartStep();
    step(10);
    expect(budget.stats().step?.peak).toBe(10);
  });

  it.each([1, 0, -1, -5_000])("says stop with %d ms left, even if nothing is known", (leftMs) => {
    for (const options of [{}, { reserveMs: 200 }]) {
      const { budget, time } = budgetOf(10_000, options);
      time.leftMs = leftMs;
      budget.restartStep();
      expect(budget.hasTimeForStep()).toBe(false);
    }
  });

  it("reports what may still be used", () => {
    const { budget, time } = budgetOf(10_000, { reserveMs: 1_000 });
    time.leftMs = 4_000;
    expect(budget).toMatchObject({ remainingMs: 4_000, windowMs: 10_000, usableMs: 3_000, reserveMs: 1_000 });
  });
});

describe("work beside the steps ends before the reserve", () => {
  it("because the hop ends earlier by what it needs", () => {
    const { budget, step, time } = budgetOf(10_000, { reserveMs: 1_000 });
    budget.besideMs = 3_000;
    while (step(10));
    expect(time.leftMs).toBeGreaterThan(3_900);
    expect(time.leftMs).toBeLessThan(4_100);
  });

  it("but it leaves half the window to the steps", () => {
    const { budget, time } = budgetOf(10_000, { reserveMs: 1_000 });
    budget.besideMs = 60_000;
    time.leftMs = 9_000;
    expect(budget.hasTimeForStep()).toBe(true);
    time.leftMs = 5_900;
    expect(budget.hasTimeForStep()).toBe(false);
  });
});

describe("the prediction is at most half the window", () => {
  it("so that one huge step cannot make every later hop idle", () => {
    const { budget, time } = budgetOf(10_000, { learned: { step: { mean: 9_000, dev: 900, peak: 14_000 } } });
    expect(budget.predictedStepMs).toBe(5_000);
    time.leftMs = 9_999;
    expect(budget.hasTimeForStep()).toBe(true);
  });
});

describe("what was slow once is forgotten", () => {
  const slow = { mean: 3_000, dev: 500, peak: 5_000 };

  it("by hops that come to one step each: they count it", () => {
    let learned: BudgetStats = { step: slow };
    for (let hop = 0; hop < 200; hop++) {
      const { budget, time } = budgetOf(10_000, { learned });
      time.leftMs -= 20;
      budget.hasTimeForStep();
      learned = budget.stats();
    }
    expect(budgetOf(10_000, { learned }).budget.predictedStepMs).toBeLessThan(300);
  });

  it("and by some dozen hops whose hand-offs are quick", () => {
    let learned: BudgetStats = { handOff: slow };
    for (let hop = 0; hop < 40; hop++) {
      const { budget } = budgetOf(10_000, { learned });
      budget.addHandOff(20);
      learned = budget.stats();
    }
    expect(budgetOf(10_000, { learned }).budget.reserveMs).toBeLessThan(1_000);
  });
});

describe("the reserve learns from hand-offs", () => {
  it.each([
    { windowMs: 900_000, reserve: 3_000, why: "at most 3 s" },
    { windowMs: 20_000, reserve: 1_000, why: "a twentieth" },
    { windowMs: 3_000, reserve: 300, why: "at least 300 ms" },
    { windowMs: 400, reserve: 200, why: "never more than half the window" },
    { windowMs: 0, reserve: 0, why: "nothing of nothing" },
  ])("before the first: $reserve ms of $windowMs ($why)", ({ windowMs, reserve }) => {
    expect(budgetOf(windowMs).budget.reserveMs).toBe(reserve);
  });

  it.each([
    { handOffs: [10], reserve: 200, why: "never below 200 ms" },
    { handOffs: [100], reserve: 600, why: "twice the predicted 300" },
    { handOffs: [100, 200], reserve: 725, why: "twice the predicted 362.5" },
    { handOffs: [20_000], reserve: 5_000, why: "at most half the window" },
  ])("after $handOffs: $reserve ms ($why)", ({ handOffs, reserve }) => {
    const { budget } = budgetOf(10_000);
    for (const ms of handOffs) budget.addHandOff(ms);
    expect(budget.reserveMs).toBe(reserve);
  });

  it("unless it is fixed", () => {
    const { budget } = budgetOf(60_000, { reserveMs: 10_000 });
    budget.addHandOff(20_000);
    expect(budget.reserveMs).toBe(10_000);
  });

  it("in earlier hops", () => {
    const { budget } = budgetOf(60_000);
    budget.addHandOff(100);
    expect(budgetOf(60_000, { learned: budget.stats() }).budget.reserveMs).toBe(600);
  });
});

describe("a reserve that cannot work is refused", () => {
  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, "10000" as unknown as number])("%j", (reserveMs) => {
    expect(() => budgetOf(60_000, { reserveMs })).toThrow(expect.objectContaining({ code: "CONFIG" }));
  });

  it.each([10_000, 10_001])("%d ms of an invocation of 10,000 ms", (reserveMs) => {
    expect(() => budgetOf(10_000, { reserveMs })).toThrow(/leaves no time to work in an invocation of 10000 ms/);
  });

  it("but not because an invocation began with no time, which its retry may have", () => {
    expect(budgetOf(0, { reserveMs: 1_000 }).budget.hasTimeForStep()).toBe(false);
  });
});

describe("the first step of an invocation opens files and warms up", () => {
  it("counts while nothing else is known, and no more after that", () => {
    let leftMs = 10_000;
    const budget = new TimeBudget({ remainingMs: () => leftMs });
    leftMs -= 3_000;
    budget.hasTimeForStep();
    expect(budget.predictedStepMs).toBe(3_000);
    leftMs -= 10;
    budget.hasTimeForStep();
    expect(budget.predictedStepMs).toBeLessThan(100);
  });

  it("is learned if it was the only one", () => {
    let leftMs = 10_000;
    const budget = new TimeBudget({ remainingMs: () => leftMs });
    leftMs -= 3_000;
    budget.hasTimeForStep();
    expect(budget.stats().step?.peak).toBe(3_000);
  });
});

it("no clock that was set back makes what the next hop is told unusable", () => {
  const { budget, step } = budgetOf(10_000);
  for (const ms of [-2_000, 1_000, -2_000, 4_000]) step(ms);
  budget.addHandOff(-3_000);
  expect(() => parseStats({ budget: budget.stats() }, "stats")).not.toThrow();
  expect(budget.reserveMs).toBeGreaterThan(0);
});
