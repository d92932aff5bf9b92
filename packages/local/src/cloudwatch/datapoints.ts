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
  /** Only what was measured in this unit. Default: in any. */
  readonly unit?: string;
}

/** The measurements of one period. */
export interface Datapoint {
  /** When the period began. */
  readonly atMs: number;
  readonly unit: string;
  readonly set: StatisticSet;
}

/** The data points of a metric by period, oldest first, those of each unit apart; periods without data are left out. */
export function datapointsOf(
  metrics: Metrics,
  time: MetricTime,
  metric: Metric,
  { periodSeconds, startMs, endMs, unit: wantedUnit }: DatapointQuery,
): readonly Datapoint[] {
  const periodStart = (second: number) => Math.floor(second / periodSeconds) * periodSeconds;
  const fromSecond = periodStart(time.secondOf(startMs));
  const toSecond = time.secondOf(endMs);
  const datapoints = metrics.series(metric, wantedUnit).flatMap(({ unit, bySecond }) => {
    const periods = new Map<number, StatisticSet>();
    for (const [second, set] of bySecond) {
      if (second < fromSecond || second >= toSecond) continue;
      const start = periodStart(second);
      periods.set(start, merge(periods.get(start), set));
    }
    return [...periods].map(([second, set]) => ({ atMs: time.msOf(second), unit, set }));
  });
  return datapoints.sort((a, b) => a.atMs - b.atMs);
}
