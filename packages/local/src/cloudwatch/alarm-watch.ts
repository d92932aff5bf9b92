import type { Alarm } from "./alarm.ts";
import { type EvaluatedPoint, evaluate, evaluationRange } from "./alarm-evaluation.ts";
import { reasonData, reasonText } from "./alarm-reason.ts";
import type { Alarms } from "./alarms.ts";
import { type MetricTime, minuteSeconds } from "./metric-time.ts";
import { between, type Metrics } from "./metrics.ts";
import { statisticOf } from "./statistic-set.ts";

/** Whether an alarm is looked at in a metric second: each minute, or each ten seconds if its period is shorter. */
export function isLookedAt({ settings: { periodSeconds } }: Alarm, second: number): boolean {
  return second % (periodSeconds < minuteSeconds ? 10 : minuteSeconds) === 0;
}

/**
 * Looks at an alarm's metric up to a metric second and changes the alarm's state if that follows.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function watch(alarm: Alarm, alarms: Alarms, metrics: Metrics, untilSecond: number, time: MetricTime): void {
  const { settings, condition } = alarm;
  const evaluation = evaluate(settings, pointsUntil(alarm, metrics, untilSecond), condition.state);
  if (evaluation.state === condition.state) return;
  alarms.changeState(
    settings.name,
    evaluation.state,
    reasonText(settings, evaluation, condition.state, time.msOf),
    reasonData(settings, evaluation, untilSecond, time.msOf),
  );
}

function pointsUntil({ settings }: Alarm, metrics: Metrics, untilSecond: number): (EvaluatedPoint | undefined)[] {
  const { periodSeconds, statistic } = settings;
  const series = metrics.series(settings.metric, settings.unit);
  const range = evaluationRange(settings);
  return Array.from({ length: range }, (_, index) => {
    const second = untilSecond - (range - index) * periodSeconds;
    const set = between(series, second, second + periodSeconds);
    return set && { second, value: statisticOf(set, statistic) };
  });
}
