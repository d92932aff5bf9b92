import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AlarmRule,
  alarmStates,
  comparisonOperators,
  evaluate,
  evaluationRange,
  isBreaching,
  missingDataTreatments,
} from "./alarm-evaluation.ts";

const rules: fc.Arbitrary<AlarmRule> = fc
  .record({
    evaluationPeriods: fc.integer({ min: 1, max: 6 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    threshold: fc.integer({ min: -3, max: 3 }),
    comparisonOperator: fc.constantFrom(...comparisonOperators),
    treatMissingData: fc.constantFrom(...missingDataTreatments),
  })
  .map(({ part, ...rule }) => ({ ...rule, datapointsToAlarm: 1 + Math.floor(part * (rule.evaluationPeriods - 1)) }));

const situations = rules.chain((rule) => {
  const length = evaluationRange(rule);
  return fc.record({
    rule: fc.constant(rule),
    values: fc.array(fc.option(fc.integer({ min: -4, max: 4 }), { nil: undefined }), {
      minLength: length,
      maxLength: length,
    }),
    current: fc.constantFrom(...alarmStates),
  });
});

const pointsOf = (values: readonly (number | undefined)[]) =>
  values.map((value, second) => (value === undefined ? undefined : { second, value }));

const check = (
  property: (situation: {
    rule: AlarmRule;
    values: (number | undefined)[];
    current: (typeof alarmStates)[number];
  }) => void,
) => fc.assert(fc.property(situations, property), { numRuns: 500 });

describe("whatever the data points", () => {
  it("with as many as are asked for, M breaching ones out of the newest N decide and nothing else", () => {
    check(({ rule, values, current }) => {
      const newest = values.filter((value) => value !== undefined).slice(-rule.evaluationPeriods);
      fc.pre(newest.length === rule.evaluationPeriods);
      const breaching = newest.filter((value) => isBreaching(rule, value)).length;
      const { state, missing } = evaluate(rule, pointsOf(values), current);
      expect(state).toBe(breaching >= rule.datapointsToAlarm ? "ALARM" : "OK");
      expect(missing).toBe(0);
    });
  });

  it("missing ones that count as within the threshold never raise an alarm that measured ones do not", () => {
    check(({ rule, values, current }) => {
      const state = (treatMissingData: AlarmRule["treatMissingData"]) =>
        evaluate({ ...rule, treatMissingData }, pointsOf(values), current).state;
      if (state("notBreaching") === "ALARM") {
        for (const treatment of missingDataTreatments) expect(state(treatment)).toBe("ALARM");
      }
      if (state("breaching") === "OK") {
        for (const treatment of missingDataTreatments) expect(state(treatment)).toBe("OK");
      }
    });
  });

  it("only what is ignored can depend on the state so far, and then it keeps it", () => {
    check(({ rule, values }) => {
      const states = alarmStates.map((current) => evaluate(rule, pointsOf(values), current).state);
      const isKept = states.every((state, index) => state === alarmStates[index]);
      expect(new Set(states).size === 1 || (rule.treatMissingData === "ignore" && isKept)).toBe(true);
    });
  });

  it("an alarm that looks again at the same points stays as it is", () => {
    check(({ rule, values, current }) => {
      const { state } = evaluate(rule, pointsOf(values), current);
      expect(evaluate(rule, pointsOf(values), state).state).toBe(state);
    });
  });

  it("one point further beyond the threshold never clears an alarm", () => {
    check(({ rule, values, current }) => {
      fc.pre(evaluate(rule, pointsOf(values), current).state === "ALARM");
      const beyond = rule.comparisonOperator.startsWith("Greater") ? 100 : -100;
      const raised = values.map((value) =>
        value === undefined ? undefined : isBreaching(rule, value) ? value : beyond,
      );
      expect(evaluate(rule, pointsOf(raised), current).state).toBe("ALARM");
    });
  });
});
