import type { Metric } from "./metric.ts";
import type { MetricTime } from "./metric-time.ts";
import type { Metrics } from "./metrics.ts";
import { merge, type StatisticSet } from "./statistic-set.ts";

/** Which data points of a metric are wanted. */
export interface DatapointQuery {
  /** Metric seconds; periods are aligned to the epoch. */
  readonly periodSeconds: number;
  /** The period that this moment lies in is the first one. */
  readonly startMs: number;
  /** The period that this moment lies in is left out if it begins there. */
  readonly endMs: number;
}

/** What was measured in one period. */
export interface Datapoint {
  /** When the period began. */
  readonly atMs: number;
  readonly set: StatisticSet;
}

/** The data points of a metric by period, oldest first; periods without data are left out. */
export function datapointsOf(
  metrics: Metrics,
  time: MetricTime,
  metric: Metric,
  { periodSeconds, startMs, endMs }: DatapointQuery,
): readonly Datapoint[] {
  const periodStart = (second: number) => Math.floor(second / periodSeconds) * periodSeconds;
  const buckets = new Map<number, StatisticSet>();
  for (const [second, set] of metrics.entries(metric, periodStart(time.secondOf(startMs)), time.secondOf(endMs))) {
    const bucket = periodStart(second);
    buckets.set(bucket, merge(buckets.get(bucket), set));
  }
  return [...buckets].map(([second, set]) => ({ atMs: time.msOf(second), set }));
}
