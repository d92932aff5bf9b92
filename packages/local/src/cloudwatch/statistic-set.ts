/** The values of one period as CloudWatch keeps them: enough for every statistic but percentiles. */
export interface StatisticSet {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/** The statistics that can be had of a {@link StatisticSet}. */
export const statistics = ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] as const;

/** Name of a statistic, as the API spells it. */
export type Statistic = (typeof statistics)[number];

/** A value that was measured `count` times. */
export function setOf(value: number, count = 1): StatisticSet {
  return { count, sum: value * count, min: value, max: value };
}

/** Both together; `undefined` is nothing. */
export function merge(a: StatisticSet | undefined, b: StatisticSet): StatisticSet {
  if (!a) return b;
  return { count: a.count + b.count, sum: a.sum + b.sum, min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}

/** The statistic of a set. */
export function statisticOf(set: StatisticSet, statistic: Statistic): number {
  switch (statistic) {
    case "SampleCount":
      return set.count;
    case "Average":
      return set.sum / set.count;
    case "Sum":
      return set.sum;
    case "Minimum":
      return set.min;
    case "Maximum":
      return set.max;
  }
}
