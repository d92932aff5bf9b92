import type { AlarmHistory } from "../alarm-history.ts";
import type { Alarms } from "../alarms.ts";
import type { MetricTime } from "../metric-time.ts";
import type { Metrics } from "../metrics.ts";
import type { Fields } from "../request-fields.ts";

/** The state that all calls work on. */
export interface CloudWatchState {
  readonly metrics: Metrics;
  readonly alarms: Alarms;
  readonly history: AlarmHistory;
  readonly time: MetricTime;
  readonly nowMs: number;
}

/** The context of an operation. */
export interface CloudWatchContext extends CloudWatchState {
  /** Names the permission that is about to be used. Metrics have no ARN: their resource is `*`. */
  authorize(action: string, resourceArn: string): void;
}

/** One operation of the CloudWatch API. */
export type CloudWatchOperation = (context: CloudWatchContext, input: Fields) => Readonly<Record<string, unknown>>;
