import type { AlarmSettings } from "./alarm.ts";
import { type AlarmState, type ComparisonOperator, type Evaluation, isBreaching } from "./alarm-evaluation.ts";

/** Why an alarm is in its state before it was first looked at. */
export const initialReason = "Unchecked: Initial alarm creation";

const relations: Readonly<Record<ComparisonOperator, string>> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/**
 * Why an alarm changed its state, in CloudWatch's words. They are for people: the data behind them is in
 * {@link reasonData}.
 *
 * @param msOf - the moment a metric second begins at.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function reasonText(
  settings: AlarmSettings,
  { state, points, missing }: Evaluation,
  from: AlarmState,
  msOf: (second: number) => number,
): string {
  const { evaluationPeriods, datapointsToAlarm, threshold } = settings;
  if (state === "INSUFFICIENT_DATA") {
    return `Insufficient Data: ${counted(evaluationPeriods, "datapoint")} ${evaluationPeriods === 1 ? "was" : "were"} unknown.`;
  }
  const filled =
    missing > 0 && isFilled(settings)
      ? ` and ${counted(missing, "missing datapoint")} ${missing === 1 ? "was" : "were"} treated as [${settings.treatMissingData === "breaching" ? "Breaching" : "NonBreaching"}]`
      : "";
  if (points.length === 0) {
    return `Threshold Crossed: no datapoints were received for ${counted(evaluationPeriods, "period")}${filled}.`;
  }
  const wanted = points.filter(({ value }) => isBreaching(settings, value) === (state === "ALARM"));
  const shown = (wanted.length > 0 ? wanted : points).toReversed();
  const list = shown.map(({ second, value }) => `${decimal(value)} (${dayAndTime(msOf(second))})`).join(", ");
  const least = state === "ALARM" ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const was = shown.length === 1 ? "was" : "were";
  const relation = `${was}${state === "ALARM" ? "" : " not"} ${relations[settings.comparisonOperator]} the threshold (${decimal(threshold)})`;
  const transition = `${from === "INSUFFICIENT_DATA" ? (state === "ALARM" ? "OK" : "ALARM") : from} -> ${state}`;
  return `Threshold Crossed: ${shown.length} out of the last ${counted(evaluationPeriods, "datapoint", true)} [${list}] ${relation}${filled} (minimum ${counted(least, "datapoint")} for ${transition} transition).`;
}

/**
 * The data behind a state, as the API, messages and events carry it: JSON in a text.
 *
 * @param untilSecond - the metric second at which the alarm was looked at.
 */
export function reasonData(
  settings: AlarmSettings,
  { points, missing }: Evaluation,
  untilSecond: number,
  msOf: (second: number) => number,
): string {
  const first = points[0];
  return JSON.stringify({
    version: "1.0",
    queryDate: alarmTime(msOf(untilSecond)),
    ...(first && { startDate: alarmTime(msOf(first.second)) }),
    ...(settings.unit !== undefined && { unit: settings.unit }),
    statistic: settings.statistic,
    period: settings.periodSeconds,
    recentDatapoints: points.map(({ value }) => value),
    threshold: settings.threshold,
    evaluatedDatapoints:
      points.length === 0 && isFilled(settings)
        ? // Periods without a value are listed by their time alone.
          Array.from({ length: missing }, (_, index) => ({
            timestamp: alarmTime(msOf(untilSecond - (index + 1) * settings.periodSeconds)),
          }))
        : points.map(({ second, value }) => ({ timestamp: alarmTime(msOf(second)), value })).toReversed(),
  });
}

/** Whether a missing data point counts as breaching or as not breaching. */
function isFilled({ treatMissingData }: AlarmSettings): boolean {
  return treatMissingData === "breaching" || treatMissingData === "notBreaching";
}

/** A moment as alarms write it: `2026-11-21T10:00:00.000+0000`. */
export function alarmTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "+0000");
}

function counted(count: number, noun: string, isAlwaysPlural = false): string {
  return `${count} ${noun}${count === 1 && !isAlwaysPlural ? "" : "s"}`;
}

/** Whole numbers are shown with one decimal. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `21/11/26 10:00:00` */
function dayAndTime(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(2, 4)} ${iso.slice(11, 19)}`;
}
