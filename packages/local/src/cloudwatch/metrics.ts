import { type Metric, metricKey } from "./metric.ts";
import { minuteStart } from "./metric-time.ts";
import { merge, type StatisticSet } from "./statistic-set.ts";

/** How long data points are kept, in metric seconds: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
const retentionSeconds = 15 * 86_400;

/** How a value was measured. */
export interface Measurement {
  /** Default `None`. */
  readonly unit?: string;
  /** Whether it is kept by the second. Default: by the minute. */
  readonly isHighResolution?: boolean;
}

/** The values of one metric in one unit. */
export interface Series {
  readonly metric: Metric;
  readonly unit: string;
  /** By metric second, in no order. */
  readonly bySecond: ReadonlyMap<number, StatisticSet>;
}

/** All data points. Knows no clock: times are metric seconds, as `createMetricTime` counts them. */
export class Metrics {
  readonly #byKey = new Map<string, Map<string, Series & { readonly bySecond: Map<number, StatisticSet> }>>();

  /** Adds to what is known of a second or minute. */
  put(metric: Metric, second: number, set: StatisticSet, { unit = "None", isHighResolution }: Measurement = {}): void {
    const key = metricKey(metric);
    const byUnit = this.#byKey.get(key) ?? new Map();
    this.#byKey.set(key, byUnit);
    const series = byUnit.get(unit) ?? { metric, unit, bySecond: new Map<number, StatisticSet>() };
    byUnit.set(unit, series);
    const at = isHighResolution ? second : minuteStart(second);
    series.bySecond.set(at, merge(series.bySecond.get(at), set));
    // The oldest comes first, save late arrivals, which then wait for their turn.
    for (const [oldest] of series.bySecond) {
      if (oldest >= at - retentionSeconds) break;
      series.bySecond.delete(oldest);
    }
  }

  /** The values of a metric: in all units, or in one. */
  series(metric: Metric, unit?: string): readonly Series[] {
    const all = [...(this.#byKey.get(metricKey(metric))?.values() ?? [])];
    return unit === undefined ? all : all.filter((each) => each.unit === unit);
  }

  /** Every metric that has data. */
  list(): readonly Metric[] {
    return [...this.#byKey.values()].flatMap((byUnit) => [...byUnit.values()].slice(0, 1).map(({ metric }) => metric));
  }
}

/** The measurements from one metric second up to, but without, another; `undefined` if there are none. */
export function between(series: readonly Series[], fromSecond: number, toSecond: number): StatisticSet | undefined {
  let total: StatisticSet | undefined;
  for (const { bySecond } of series) {
    // A window is short or the series is: whichever takes fewer steps.
    if (toSecond - fromSecond <= bySecond.size) {
      for (let second = fromSecond; second < toSecond; second += 1) {
        const set = bySecond.get(second);
        if (set) total = merge(total, set);
      }
    } else {
      for (const [second, set] of bySecond) if (second >= fromSecond && second < toSecond) total = merge(total, set);
    }
  }
  return total;
}
