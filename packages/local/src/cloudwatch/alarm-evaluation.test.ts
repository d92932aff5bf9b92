import { describe, expect, it } from "vitest";
import {
  type AlarmRule,
  type AlarmState,
  type ComparisonOperator,
  evaluate,
  evaluationRange,
  isBreaching,
  missingDataTreatments,
  type TreatMissingData,
} from "./alarm-evaluation.ts";

const rule = (treatMissingData: TreatMissingData, datapointsToAlarm: number, evaluationPeriods = 3): AlarmRule => ({
  evaluationPeriods,
  datapointsToAlarm,
  threshold: 1,
  comparisonOperator: "GreaterThanOrEqualToThreshold",
  treatMissingData,
});

/** `0` within the threshold, `X` beyond it, `-` missing; oldest first. */
const pointsOf = (drawn: string) =>
  drawn.split(" ").map((mark, second) => (mark === "-" ? undefined : { second, value: mark === "X" ? 1 : 0 }));

const state = (drawn: string, treatment: TreatMissingData, m: number, current: AlarmState = "OK", n = 3) =>
  evaluate(rule(treatment, m, n), pointsOf(drawn), current).state;

/** In the order of {@link missingDataTreatments}: missing, ignore, breaching, notBreaching. */
type Row = readonly [drawn: string, ...states: readonly (AlarmState | "stays")[]];

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
const threeOfThree: readonly Row[] = [
  ["0 - X - X", "OK", "OK", "OK", "OK"],
  ["- - - - 0", "OK", "OK", "OK", "OK"],
  ["0 - - - -", "OK", "OK", "OK", "OK"],
  ["- - - - -", "INSUFFICIENT_DATA", "stays", "ALARM", "OK"],
  ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", "ALARM", "stays", "ALARM", "OK"],
  ["X - - - -", "ALARM", "stays", "ALARM", "OK"],
  ["- - - - X", "INSUFFICIENT_DATA", "stays", "ALARM", "OK"],
  ["- - - X -", "INSUFFICIENT_DATA", "stays", "ALARM", "OK"],
];

const twoOfThree: readonly Row[] = [
  ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", "OK", "OK", "ALARM", "OK"],
  ["- - - X -", "ALARM", "stays", "ALARM", "OK"],
  ["- - - - X", "INSUFFICIENT_DATA", "stays", "ALARM", "OK"],
];

const cases = [...threeOfThree.map((row) => ({ m: 3, row })), ...twoOfThree.map((row) => ({ m: 2, row }))].flatMap(
  ({ m, row: [drawn, ...states] }) =>
    missingDataTreatments.map((treatment, index) => ({ m, drawn, treatment, expected: states[index] ?? "OK" })),
);

describe("an alarm's state follows from its data points as AWS's tables say", () => {
  it.each(cases)("$m of 3, $drawn, $treatment: $expected", ({ m, drawn, treatment, expected }) => {
    for (const current of ["OK", "ALARM", "INSUFFICIENT_DATA"] as const) {
      expect(state(drawn, treatment, m, current)).toBe(expected === "stays" ? current : expected);
    }
  });

  it("rests on the newest points there are, and on no more than are asked for", () => {
    const { points, missing } = evaluate(rule("missing", 1, 2), pointsOf("X 0 - 0"), "ALARM");
    expect(points.map(({ second }) => second)).toEqual([1, 3]);
    expect(missing).toBe(0);
    expect(state("X 0 - 0", "missing", 1, "ALARM", 2)).toBe("OK");
  });

  it("looks at 5 periods where 3 are asked for", () => {
    expect(evaluationRange({ evaluationPeriods: 3 })).toBe(5);
  });

  it.each<readonly [ComparisonOperator, boolean, boolean, boolean]>([
    ["GreaterThanThreshold", false, false, true],
    ["GreaterThanOrEqualToThreshold", false, true, true],
    ["LessThanThreshold", true, false, false],
    ["LessThanOrEqualToThreshold", true, true, false],
  ])("%s", (comparisonOperator, below, equal, above) => {
    const held = [4, 5, 6].map((value) => isBreaching({ comparisonOperator, threshold: 5 }, value));
    expect(held).toEqual([below, equal, above]);
  });
});
