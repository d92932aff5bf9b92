import { type CloudWatchError, cloudWatchErrors } from "../cloudwatch-error.ts";
import { datapointsOf } from "../datapoints.ts";
import type { Metric } from "../metric.ts";
import {
  type Fields,
  optionalFlag,
  optionalInteger,
  optionalMoment,
  optionalRecord,
  optionalText,
  optionalWord,
  readMetric,
  recordList,
  text,
  textList,
} from "../request-fields.ts";
import { type Statistic, statisticOf, statistics } from "../statistic-set.ts";
import { readDatum } from "./metric-datum.ts";
import type { CloudWatchOperation } from "./operation.ts";
import { page } from "./page.ts";

const maxDatapoints = 1440;

/** `PutMetricData`: takes values in. Everything is checked before anything is kept. */
export const putMetricData: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:PutMetricData", "*");
  const namespace = text(input, "Namespace");
  const groups = recordList(input, "EntityMetricData").map((group) => recordList(group, "MetricData"));
  const read = (data: readonly Fields[], at: string) =>
    data.map((datum, index) => readDatum(datum, namespace, context.nowMs, `${at}.member.${index + 1}`));
  const data = [
    ...read(recordList(input, "MetricData"), "MetricData"),
    ...groups.flatMap((group, index) => read(group, `EntityMetricData.member.${index + 1}.MetricData`)),
  ];
  if (data.length === 0) throw cloudWatchErrors.missingParameter("MetricData");
  if (data.length > 1000) throw cloudWatchErrors.invalidValue("A request has 1,000 metrics at most.");
  for (const { metric, atMs, sets, measurement } of data) {
    const second = context.time.secondOf(atMs);
    for (const set of sets) context.metrics.put(metric, second, set, measurement);
  }
  return {};
};

/** `GetMetricStatistics`: statistics of one metric by period, in no order that AWS promises; here by time. */
export const getMetricStatistics: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:GetMetricStatistics", "*");
  const metric = readMetric(input);
  const { startMs, endMs } = readSpan(input, cloudWatchErrors.invalidValue);
  const wanted = textList(input, "Statistics").map((name) => optionalWord({ name }, "name", statistics));
  if (wanted.length === 0) {
    throw cloudWatchErrors.invalidCombination("Must specify either Statistics or ExtendedStatistics");
  }
  const unit = optionalText(input, "Unit");
  const periodSeconds = readPeriod(input, "Period");
  const most = Math.ceil((context.time.secondOf(endMs) - context.time.secondOf(startMs)) / periodSeconds);
  if (most > maxDatapoints) {
    throw cloudWatchErrors.invalidCombination(
      `You have requested up to ${most} datapoints, which exceeds the limit of ${maxDatapoints}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const buckets = datapointsOf(context.metrics, context.time, metric, {
    periodSeconds,
    startMs,
    endMs,
    ...(unit !== undefined && { unit }),
  });
  const Datapoints = buckets.map(({ atMs, set, unit: Unit }) => ({
    Timestamp: atMs / 1000,
    ...Object.fromEntries(wanted.flatMap((name) => (name === undefined ? [] : [[name, statisticOf(set, name)]]))),
    Unit,
  }));
  return { Label: metric.name, Datapoints };
};

/** `GetMetricData`: statistics of several metrics by period. Expressions are not served. */
export const getMetricData: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:GetMetricData", "*");
  const { startMs, endMs } = readSpan(input, cloudWatchErrors.validation);
  const isAscending =
    optionalWord(input, "ScanBy", ["TimestampDescending", "TimestampAscending"]) === "TimestampAscending";
  const queries = recordList(input, "MetricDataQueries");
  if (queries.length === 0) throw cloudWatchErrors.missingParameter("MetricDataQueries");
  const ids = queries.map((query) => text(query, "Id"));
  if (new Set(ids).size < ids.length)
    throw cloudWatchErrors.validation("Each Id of MetricDataQueries must be another.");
  const stats = queries.map(readMetricStat);
  const results = queries.flatMap((query, index) => {
    const stat = stats[index];
    if (stat === undefined || optionalFlag(query, "ReturnData") === false) return [];
    const { metric, statistic, ...wanted } = stat;
    const inUnits = datapointsOf(context.metrics, context.time, metric, { ...wanted, startMs, endMs });
    // Without a Unit there is one series all the same: that of the unit which comes first by name.
    const units = [...new Set(inUnits.map(({ unit }) => unit))].sort();
    const ascending = inUnits.filter(({ unit }) => unit === units[0]);
    const buckets = isAscending ? ascending : ascending.toReversed();
    return {
      Id: text(query, "Id"),
      Label: readLabel(query) ?? defaultLabel(stat, stats),
      ...(units.length > 1 && {
        Messages: [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` }],
      }),
      Timestamps: buckets.map(({ atMs }) => atMs / 1000),
      Values: buckets.map(({ set }) => statisticOf(set, statistic)),
      StatusCode: "Complete",
    };
  });
  return { MetricDataResults: results, Messages: [] };
};

/** `ListMetrics`: every metric that has data, by namespace, name and dimensions. */
export const listMetrics: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:ListMetrics", "*");
  const namespace = optionalText(input, "Namespace");
  const name = optionalText(input, "MetricName");
  const filters = recordList(input, "Dimensions").map((filter) => ({
    name: text(filter, "Name"),
    value: optionalText(filter, "Value"),
  }));
  const wanted = context.metrics
    .list()
    .filter(
      (metric) =>
        (namespace === undefined || metric.namespace === namespace) &&
        (name === undefined || metric.name === name) &&
        filters.every((filter) =>
          metric.dimensions.some(
            (each) => each.name === filter.name && (filter.value === undefined || each.value === filter.value),
          ),
        ),
    );
  const { items, next } = page(input, wanted, 500);
  return {
    Metrics: items.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: metric.dimensions.map((each) => ({ Name: each.name, Value: each.value })),
    })),
    ...next,
  };
};

const noPercentiles =
  "The embedded CloudWatch keeps no percentiles: ask for SampleCount, Average, Sum, Minimum or Maximum.";

/** The two operations that take a span refuse one that is none by different errors. */
function readSpan(
  input: Fields,
  refusal: (message: string) => CloudWatchError,
): { readonly startMs: number; readonly endMs: number } {
  const startMs = optionalMoment(input, "StartTime");
  const endMs = optionalMoment(input, "EndTime");
  if (startMs === undefined) throw cloudWatchErrors.missingParameter("StartTime");
  if (endMs === undefined) throw cloudWatchErrors.missingParameter("EndTime");
  if (startMs >= endMs) {
    throw refusal("The parameter StartTime must be less than the parameter EndTime.");
  }
  return { startMs, endMs };
}

function readPeriod(input: Fields, name: string): number {
  const period = optionalInteger(input, name, 1, 86_400 * 7);
  if (period === undefined) throw cloudWatchErrors.missingParameter(name);
  if (![1, 5, 10, 20, 30].includes(period) && period % 60 !== 0) {
    throw cloudWatchErrors.invalidValue(`The parameter ${name} must be 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
  return period;
}

/** The metric, period and statistic that a query of `GetMetricData` asks for. */
interface MetricStat {
  readonly metric: Metric;
  readonly periodSeconds: number;
  readonly statistic: Statistic;
  readonly unit?: string;
}

function readMetricStat(query: Fields): MetricStat {
  const stat = optionalRecord(query, "MetricStat");
  if (!stat) throw cloudWatchErrors.validation("The embedded CloudWatch serves MetricStat only, not expressions.");
  const metric = optionalRecord(stat, "Metric");
  if (!metric) throw cloudWatchErrors.missingParameter("Metric");
  const wanted = text(stat, "Stat");
  const statistic = statistics.find((each) => each === wanted);
  if (statistic === undefined) throw cloudWatchErrors.validation(noPercentiles);
  const unit = optionalText(stat, "Unit");
  const periodSeconds = readPeriod(stat, "Period");
  return { metric: readMetric(metric), periodSeconds, statistic, ...(unit !== undefined && { unit }) };
}

/** The metric's name, and what tells the queries of the request apart: the statistic, the period, but not the unit. */
function defaultLabel(stat: MetricStat, all: readonly MetricStat[]): string {
  const differ = (of: "statistic" | "periodSeconds") => new Set(all.map((each) => each[of])).size > 1;
  return [
    stat.metric.name,
    ...(differ("statistic") ? [stat.statistic] : []),
    ...(differ("periodSeconds") ? [stat.periodSeconds] : []),
  ].join(" ");
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html */
function readLabel(query: Fields): string | undefined {
  const label = optionalText(query, "Label");
  if (!label?.includes("${")) return label;
  throw cloudWatchErrors.validation("The embedded CloudWatch does not serve dynamic labels (Label).");
}
