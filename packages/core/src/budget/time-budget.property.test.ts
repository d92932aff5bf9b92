import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TimeBudget } from "./time-budget.ts";

const windows = fc.integer({ min: 1_000, max: 900_000 });
const steps = fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1, maxLength: 300 });

describe("whatever the steps are", () => {
  it("a step is allowed only if the longest recent one would still leave the reserve", () => {
    fc.assert(
      fc.property(windows, steps, (windowMs, durations) => {
        let leftMs = windowMs;
        const budget = new TimeBudget({ remainingMs: () => leftMs });
        durations.forEach((ms, i) => {
          leftMs -= ms;
          // The first step counts only until there is a second.
          const recent = Math.max(...durations.slice(Math.max(i === 0 ? 0 : 1, i - 63), i + 1));
          if (budget.hasTimeForStep()) {
            expect(leftMs).toBeGreaterThan(budget.reserveMs + Math.min(recent, windowMs / 2));
          }
        });
      }),
    );
  });

  it("what a step is told before its end is no more hopeful than the answer at its end", () => {
    fc.assert(
      fc.property(windows, steps, fc.integer({ min: 0, max: 60_000 }), (windowMs, durations, besideMs) => {
        let leftMs = windowMs;
        const budget = new TimeBudget({ remainingMs: () => leftMs });
        budget.besideMs = besideMs;
        for (const ms of durations) {
          leftMs -= ms;
          const { hasTimeAfterStep } = budget;
          expect(budget.hasTimeAfterStep).toBe(hasTimeAfterStep);
          const hasTime = budget.hasTimeForStep();
          if (hasTimeAfterStep) expect(hasTime).toBe(true);
        }
      }),
    );
  });

  it("a hop that learned from others works, unless no time is left", () => {
    fc.assert(
      fc.property(windows, steps, fc.array(fc.integer({ min: 0, max: 60_000 })), (windowMs, durations, handOffs) => {
        let leftMs = 0;
        const teacher = new TimeBudget({ remainingMs: () => leftMs });
        for (const ms of durations) {
          leftMs -= ms;
          teacher.hasTimeForStep();
        }
        for (const ms of handOffs) teacher.addHandOff(ms);
        const budget = new TimeBudget({ remainingMs: () => windowMs, learned: teacher.stats() });
        expect(budget.reserveMs).toBeLessThanOrEqual(windowMs / 2);
        expect(budget.predictedStepMs).toBeLessThanOrEqual(windowMs / 2);
        expect(budget.usableMs).toBeGreaterThanOrEqual(windowMs / 2);
      }),
    );
  });

  it("what was learned is JSON, and finite", () => {
    fc.assert(
      fc.property(steps, (durations) => {
        let leftMs = 900_000;
        const budget = new TimeBudget({ remainingMs: () => leftMs });
        for (const ms of durations) {
          leftMs -= ms;
          budget.hasTimeForStep();
        }
        const learned = budget.stats();
        expect(JSON.parse(JSON.stringify(learned))).toEqual(learned);
        for (const value of Object.values(learned.step ?? {})) expect(Number.isFinite(value)).toBe(true);
      }),
    );
  });
});
