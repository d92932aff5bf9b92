import type { Clock } from "../gateway/clock.ts";
import type { DeliverEvent, Service } from "../gateway/service.ts";
import type { LambdaObserver } from "../lambda/lambda-events.ts";
import type { Queues } from "../sqs/queues.ts";
import type { AlarmTransition } from "./alarm.ts";
import { createAlarmActions } from "./alarm-actions.ts";
import { type AlarmEvent, AlarmHistory } from "./alarm-history.ts";
import { isLookedAt, watch } from "./alarm-watch.ts";
import { Alarms } from "./alarms.ts";
import { type Datapoint, type DatapointQuery, datapointsOf } from "./datapoints.ts";
import { publishFunctionMetrics } from "./function-metrics.ts";
import type { Metric } from "./metric.ts";
import { createMetricTime, minuteSeconds } from "./metric-time.ts";
import { Metrics } from "./metrics.ts";
import { answer } from "./operations/answer.ts";
import { createQueueMetrics } from "./queue-metrics.ts";
import { startTicker } from "./ticker.ts";

/** Options of the embedded CloudWatch. */
export interface CloudWatchOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly deliver: DeliverEvent;
  /** How much faster than real time periods of metrics and alarms pass: at 60, a minute lasts a second. Default 1. */
  readonly scale?: number;
  /** Queues that metrics are published of. */
  readonly queues: Queues;
  /** The source of functions' invocations, from which metrics are published. */
  readonly functions: Pick<LambdaObserver, "on">;
  /** The event bus that changes of alarms are published on. */
  readonly eventBusArn: string;
  /** Told of an action that could not be carried out. */
  readonly onDeliveryError: (error: unknown, targetArn: string) => void;
}

/** The embedded CloudWatch: an HTTP service behind the gateway, and the same metrics and alarms from inside. */
export interface CloudWatchService extends Service {
  readonly alarms: Alarms;
  /** The data points of a metric by period, oldest first. */
  datapoints(metric: Metric, query: DatapointQuery): readonly Datapoint[];
  /** The history of alarms, oldest first: the last 1,000 events of each, deleted ones included. */
  history(alarmName?: string): readonly AlarmEvent[];
  /** Calls back at each change of an alarm's state, before its actions are carried out. @returns what ends that. */
  onTransition(listener: (transition: AlarmTransition) => void): () => void;
  /** Settles when every action so far has been carried out or has failed. */
  settled(): Promise<void>;
}

/** Creates the embedded CloudWatch; its periods begin to pass at once. */
export function createCloudWatch(options: CloudWatchOptions): CloudWatchService {
  const { clock, region, accountId } = options;
  const time = createMetricTime(options.scale ?? 1);
  const metrics = new Metrics();
  const history = new AlarmHistory();
  const listeners = new Set<(transition: AlarmTransition) => void>();
  const actions = createAlarmActions(options, (event) => history.add(event));
  const alarms = new Alarms({
    region,
    accountId,
    nowMs: clock.nowMs,
    onTransition(alarm, transition) {
      history.add({ kind: "transition", atMs: transition.to.atMs, ...transition });
      for (const listener of listeners) {
        try {
          listener(transition);
        } catch (error) {
          options.onDeliveryError(error, alarm.arn);
        }
      }
      actions.carryOut(alarm, transition);
    },
  });
  publishFunctionMetrics(options.functions, metrics, () => time.secondOf(clock.nowMs()));
  const queueMetrics = createQueueMetrics(options.queues, metrics);

  function tick(second: number): void {
    if (second % minuteSeconds === 0) queueMetrics.publish(second - minuteSeconds, clock.nowMs());
    for (const { settings } of alarms.list()) {
      // A listener that hears of one alarm's change may have deleted the next.
      const alarm = alarms.find(settings.name);
      if (alarm && isLookedAt(alarm, second)) watch(alarm, alarms, metrics, second, time);
    }
  }
  const stopTicker = startTicker(clock, time, tick);

  return {
    alarms,
    datapoints: (metric, query) => datapointsOf(metrics, time, metric, query),
    history: (alarmName) => history.list(alarmName),
    onTransition(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    settled: actions.settled,
    handle: (call) => answer({ metrics, alarms, history, time, nowMs: clock.nowMs() }, call),
    async stop() {
      stopTicker();
    },
  };
}
