import type { AlarmSettings } from "./alarm.ts";
import { comparisonOperators, missingDataTreatments } from "./alarm-evaluation.ts";
import { cloudWatchErrors } from "./cloudwatch-error.ts";
import {
  type Fields,
  optionalFlag,
  optionalInteger,
  optionalNumber,
  optionalText,
  optionalWord,
  readMetric,
  text,
  textList,
} from "./request-fields.ts";
import { statistics } from "./statistic-set.ts";

const maxActions = 5;

/**
 * Reads the parameters of `PutMetricAlarm`, which are the properties of `AWS::CloudWatch::Alarm` too.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 * @throws {CloudWatchError} for what CloudWatch refuses and for what is not served.
 */
export function readAlarmSettings(fields: Fields): AlarmSettings {
  const evaluationPeriods = required(
    fields,
    "EvaluationPeriods",
    optionalInteger(fields, "EvaluationPeriods", 1, 10_080),
  );
  const datapointsToAlarm = optionalInteger(fields, "DatapointsToAlarm", 1, 10_080) ?? evaluationPeriods;
  if (datapointsToAlarm > evaluationPeriods) {
    throw cloudWatchErrors.validation("DatapointsToAlarm must not be greater than EvaluationPeriods.");
  }
  const periodSeconds = required(fields, "Period", optionalInteger(fields, "Period", 1, 86_400));
  if (![10, 20, 30].includes(periodSeconds) && periodSeconds % 60 !== 0) {
    throw cloudWatchErrors.validation(`Period must be 10, 20, 30 or a multiple of 60, not ${periodSeconds}.`);
  }
  checkSpan(periodSeconds * evaluationPeriods, periodSeconds);
  const givenTreatment = optionalWord(fields, "TreatMissingData", missingDataTreatments);
  return {
    name: text(fields, "AlarmName").slice(0, 255),
    description: optionalText(fields, "AlarmDescription"),
    metric: readMetric(fields),
    statistic: required(fields, "Statistic", optionalWord(fields, "Statistic", statistics)),
    periodSeconds,
    evaluationPeriods,
    datapointsToAlarm,
    threshold: required(fields, "Threshold", optionalNumber(fields, "Threshold")),
    comparisonOperator: required(
      fields,
      "ComparisonOperator",
      optionalWord(fields, "ComparisonOperator", comparisonOperators),
    ),
    treatMissingData: givenTreatment ?? "missing",
    givenTreatment,
    unit: optionalText(fields, "Unit"),
    actionsEnabled: optionalFlag(fields, "ActionsEnabled") ?? true,
    actions: {
      OK: readActions(fields, "OKActions"),
      ALARM: readActions(fields, "AlarmActions"),
      INSUFFICIENT_DATA: readActions(fields, "InsufficientDataActions"),
    },
  };
}

/** Not longer than a day; with periods of an hour or more, a week. */
function checkSpan(spanSeconds: number, periodSeconds: number): void {
  const mostDays = periodSeconds >= 3600 ? 7 : 1;
  if (spanSeconds > mostDays * 86_400) {
    throw cloudWatchErrors.validation(
      `Metrics cannot be checked across more than ${mostDays === 1 ? "a day" : "a week"} (EvaluationPeriods * Period must be <= ${mostDays * 86_400}).`,
    );
  }
}

function readActions(fields: Fields, name: string): readonly string[] {
  const arns = textList(fields, name);
  if (arns.length > maxActions) throw cloudWatchErrors.validation(`${name} has ${maxActions} entries at most.`);
  const other = arns.find((arn) => !/^arn:aws[\w-]*:(?:sns|lambda):/.test(arn));
  if (other === undefined) return arns;
  throw cloudWatchErrors.validation(
    `Invalid arn syntax: ${other.slice(0, 200)}. The embedded CloudWatch tells topics and functions only.`,
  );
}

function required<T>(fields: Fields, name: string, value: T | undefined): T {
  if (value === undefined || fields[name] === "") throw cloudWatchErrors.missingParameter(name);
  return value;
}
