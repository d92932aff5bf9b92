import type { AlarmRule, AlarmState, TreatMissingData } from "./alarm-evaluation.ts";
import type { Metric } from "./metric.ts";
import type { Statistic } from "./statistic-set.ts";

/** The actions of an alarm, by the state it changes to. Each is the ARN of a topic or function. */
export type AlarmActions = Readonly<Record<AlarmState, readonly string[]>>;

/** An alarm as `PutMetricAlarm` sets it, defaults filled in. */
export interface AlarmSettings extends AlarmRule {
  readonly name: string;
  readonly description: string | undefined;
  readonly metric: Metric;
  readonly statistic: Statistic;
  /** Metric seconds: 10, 20, 30, or a multiple of 60. */
  readonly periodSeconds: number;
  readonly unit: string | undefined;
  /** `TreatMissingData` as it was given: without it, no answer shows one. */
  readonly givenTreatment?: TreatMissingData | undefined;
  readonly actionsEnabled: boolean;
  readonly actions: AlarmActions;
}

/** A state an alarm is in, and why. */
export interface AlarmCondition {
  readonly state: AlarmState;
  readonly reason: string;
  /** JSON with the data points behind it. */
  readonly reasonData: string | undefined;
  readonly atMs: number;
}

/** An alarm as it is at a moment. */
export interface Alarm {
  readonly arn: string;
  readonly settings: AlarmSettings;
  /** When it was last set. */
  readonly configuredAtMs: number;
  readonly condition: AlarmCondition;
}

/** One change of an alarm's state. */
export interface AlarmTransition {
  readonly alarmName: string;
  readonly alarmArn: string;
  readonly metric: Metric;
  readonly from: AlarmCondition;
  readonly to: AlarmCondition;
  /** ARNs of the topics and functions that are told; none while the alarm's actions are disabled. */
  readonly actions: readonly string[];
}
