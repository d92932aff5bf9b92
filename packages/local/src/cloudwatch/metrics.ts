import { type Metric, metricKey } from "./metric.ts";
import { minuteStart } from "./metric-time.ts";
import { merge, type StatisticSet } from "./statistic-set.ts";

/** How long data points are kept, in metric seconds: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html */
const retentionSeconds = 15 * 86_400;

type Series = { readonly metric: Metric; readonly bySecond: Map<number, StatisticSet> };

/** All data points. Knows no clock: times are metric seconds, as `createMetricTime` counts them. */
export class Metrics {
  readonly #byKey = new Map<string, Series>();

  /** Adds to what is known of a second (high resolution) or, by default, of the minute it lies in. */
  put(metric: Metric, second: number, set: StatisticSet, isHighResolution = false): void {
    const key = metricKey(metric);
    const series = this.#byKey.get(key) ?? { metric, bySecond: new Map() };
    this.#byKey.set(key, series);
    const at = isHighResolution ? second : minuteStart(second);
    series.bySecond.set(at, merge(series.bySecond.get(at), set));
    // The oldest comes first, save late arrivals, which then wait for their turn.
    for (const [oldest] of series.bySecond) {
      if (oldest >= at - retentionSeconds) break;
      series.bySecond.delete(oldest);
    }
  }

  /** What was measured from one metric second up to, and without, another; `undefined` if nothing was. */
  between(metric: Metric, fromSecond: number, toSecond: number): StatisticSet | undefined {
    const bySecond = this.#byKey.get(metricKey(metric))?.bySecond;
    if (!bySecond) return undefined;
    let total: StatisticSet | undefined;
    // A window is short or the series is: whichever takes fewer steps.
    if (toSecond - fromSecond <= bySecond.size) {
      for (let second = fromSecond; second < toSecond; second += 1) {
        const set = bySecond.get(second);
        if (set) total = merge(total, set);
      }
      return total;
    }
    for (const [second, set] of bySecond) if (second >= fromSecond && second < toSecond) total = merge(total, set);
    return total;
  }

  /** Each second with data from one metric second up to, and without, another, in order. */
  entries(metric: Metric, fromSecond: number, toSecond: number): readonly (readonly [number, StatisticSet])[] {
    const bySecond = this.#byKey.get(metricKey(metric))?.bySecond ?? [];
    return [...bySecond].filter(([second]) => second >= fromSecond && second < toSecond).sort(([a], [b]) => a - b);
  }

  /** Every metric that has data. */
  list(): readonly Metric[] {
    return [...this.#byKey.values()].map(({ metric }) => metric);
  }
}
