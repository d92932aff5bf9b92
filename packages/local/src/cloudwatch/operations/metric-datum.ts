import { cloudWatchErrors } from "../cloudwatch-error.ts";
import type { Metric } from "../metric.ts";
import type { Measurement } from "../metrics.ts";
import {
  type Fields,
  optionalInteger,
  optionalMoment,
  optionalNumber,
  optionalRecord,
  optionalText,
  readMetric,
} from "../request-fields.ts";
import { type StatisticSet, setOf } from "../statistic-set.ts";

/** One entry of `PutMetricData`. */
export interface MetricDatum {
  readonly metric: Metric;
  readonly atMs: number;
  readonly sets: readonly StatisticSet[];
  readonly measurement: Measurement;
}

const dayMs = 86_400_000;

/**
 * Reads one entry of `PutMetricData`.
 *
 * @param at - where it is in the request, as messages say it: `MetricData.member.1`.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 * @throws {CloudWatchError} for what CloudWatch refuses.
 */
export function readDatum(fields: Fields, namespace: string, nowMs: number, at: string): MetricDatum {
  const atMs = optionalMoment(fields, "Timestamp") ?? nowMs;
  if (atMs < nowMs - 14 * dayMs || atMs > nowMs + dayMs / 12) {
    throw cloudWatchErrors.invalidValue(
      "The parameter Timestamp must be between two weeks ago and two hours from now.",
    );
  }
  const resolution = optionalInteger(fields, "StorageResolution", 1, 60) ?? 60;
  if (resolution !== 1 && resolution !== 60) throw cloudWatchErrors.invalidValue("StorageResolution must be 1 or 60.");
  const unit = optionalText(fields, "Unit");
  return {
    metric: readMetric(fields, namespace),
    atMs,
    sets: readSets(fields, at),
    measurement: { isHighResolution: resolution === 1, ...(unit !== undefined && { unit }) },
  };
}

function readSets(fields: Fields, at: string): readonly StatisticSet[] {
  const value = optionalNumber(fields, "Value");
  const values = numberList(fields, "Values");
  const statistic = optionalRecord(fields, "StatisticValues");
  if (value !== undefined && values) {
    throw exclusive(`${at}.Value`, `${at}.Values`);
  }
  if (statistic && value !== undefined) throw exclusive(`${at}.Value`, `${at}.StatisticValues`);
  if (value === undefined && !values && !statistic) throw cloudWatchErrors.missingParameter("Value");
  if (value !== undefined) return [setOf(value)];
  if (statistic) return [readStatisticSet(statistic)];
  return readValues(values ?? [], numberList(fields, "Counts"), at);
}

function exclusive(one: string, other: string): Error {
  return cloudWatchErrors.invalidCombination(
    `The parameters ${one} and ${other} are mutually exclusive and you have specified both.`,
  );
}

function readValues(
  values: readonly number[],
  counts: readonly number[] | undefined,
  at: string,
): readonly StatisticSet[] {
  if (values.length > 150) throw cloudWatchErrors.invalidValue("A metric has 150 values at most.");
  if (counts && counts.length !== values.length) {
    throw cloudWatchErrors.invalidValue(`The parameters ${at}.Values and ${at}.Counts must be of the same size.`);
  }
  return values.flatMap((value, index) => {
    const count = counts?.[index] ?? 1;
    return count > 0 ? [setOf(value, count)] : [];
  });
}

function readStatisticSet(fields: Fields): StatisticSet {
  const [count, sum, min, max] = ["SampleCount", "Sum", "Minimum", "Maximum"].map((name) => {
    const value = optionalNumber(fields, name);
    if (value === undefined) throw cloudWatchErrors.missingParameter(`StatisticValues.${name}`);
    return value;
  }) as [number, number, number, number];
  if (count <= 0 || min > max) throw cloudWatchErrors.invalidValue("The parameter StatisticValues is invalid.");
  return { count, sum, min, max };
}

function numberList(fields: Fields, name: string): readonly number[] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((entry) => typeof entry === "number" && Number.isFinite(entry))) return value;
  throw cloudWatchErrors.invalidValue(`The parameter ${name} must be a list of numbers.`);
}
