/** The state of an alarm. */
export const alarmStates = ["INSUFFICIENT_DATA", "ALARM", "OK"] as const;

/** State of an alarm. */
export type AlarmState = (typeof alarmStates)[number];

/** How data points count that are not there. */
export const missingDataTreatments = ["missing", "ignore", "breaching", "notBreaching"] as const;

/** See {@link missingDataTreatments}. */
export type TreatMissingData = (typeof missingDataTreatments)[number];

const comparisons = {
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;

/** How a data point is held against the threshold. */
export type ComparisonOperator = keyof typeof comparisons;

/** All of {@link ComparisonOperator}. */
export const comparisonOperators = Object.keys(comparisons) as readonly ComparisonOperator[];

/** The rule that decides an alarm's state: M breaching data points (`datapointsToAlarm`) out of N (`evaluationPeriods`). */
export interface AlarmRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly comparisonOperator: ComparisonOperator;
  readonly treatMissingData: TreatMissingData;
}

/** One data point in the evaluation range. */
export interface EvaluatedPoint {
  /** Start of its period, in metric seconds. */
  readonly second: number;
  readonly value: number;
}

/** The result of an evaluation. */
export interface Evaluation {
  readonly state: AlarmState;
  /** The data points the state rests on, oldest first. */
  readonly points: readonly EvaluatedPoint[];
  /** How many more were taken as missing. */
  readonly missing: number;
}

/**
 * How many periods are looked at: more than are needed, so that a point that is late or missing can be made up for by
 * an older one. AWS says "a higher number of data points", and shows 5 for 3.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluationRange({ evaluationPeriods }: Pick<AlarmRule, "evaluationPeriods">): number {
  return evaluationPeriods + 2;
}

/** Whether a value is on the wrong side of the threshold. */
export function isBreaching(rule: Pick<AlarmRule, "comparisonOperator" | "threshold">, value: number): boolean {
  return comparisons[rule.comparisonOperator](value, rule.threshold);
}

/**
 * The state that follows from the data points of the evaluation range.
 *
 * @param range - one entry per period, oldest first; `undefined` where nothing was measured.
 * @param current - the state so far, which `ignore` may keep.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate(
  rule: AlarmRule,
  range: readonly (EvaluatedPoint | undefined)[],
  current: AlarmState,
): Evaluation {
  const { evaluationPeriods, datapointsToAlarm } = rule;
  const existing = range.filter((point) => point !== undefined);
  const points = existing.slice(-evaluationPeriods);
  const missing = evaluationPeriods - points.length;
  const breaching = points.filter(({ value }) => isBreaching(rule, value)).length;
  const filled = rule.treatMissingData === "breaching" ? breaching + missing : breaching;
  const result = (state: AlarmState): Evaluation => ({ state, points, missing });

  if (filled >= datapointsToAlarm) return result("ALARM");
  const decidesAlone =
    missing === 0 || rule.treatMissingData === "breaching" || rule.treatMissingData === "notBreaching";
  if (decidesAlone || breaching < points.length) return result("OK");
  // Too few points, and none of them within the threshold.
  if (rule.treatMissingData === "ignore") return result(current);
  // A breach that is old enough counts even alone: "Avoiding premature transitions to alarm state".
  const oldest = range.findIndex((point) => point !== undefined);
  return result(oldest >= 0 && range.length - oldest >= datapointsToAlarm ? "ALARM" : "INSUFFICIENT_DATA");
}
