import { createHash } from "node:crypto";
import type { Alarm, AlarmCondition, AlarmTransition } from "./alarm.ts";
import { alarmTime } from "./alarm-reason.ts";

/** Where an alarm is. */
export interface AlarmPlace {
  readonly region: string;
  readonly accountId: string;
}

/** Names by which messages call regions; the others go by their code. */
const regionNames: Readonly<Record<string, string>> = {
  "us-east-1": "US East (N. Virginia)",
  "us-east-2": "US East (Ohio)",
  "us-west-1": "US West (N. California)",
  "us-west-2": "US West (Oregon)",
  "eu-west-1": "EU (Ireland)",
  "eu-west-2": "EU (London)",
  "eu-west-3": "EU (Paris)",
  "eu-central-1": "EU (Frankfurt)",
  "eu-central-2": "EU (Zurich)",
  "eu-north-1": "EU (Stockholm)",
  "ap-northeast-1": "Asia Pacific (Tokyo)",
  "ap-southeast-1": "Asia Pacific (Singapore)",
  "ap-southeast-2": "Asia Pacific (Sydney)",
};

/** The subject of the message to a topic: `ALARM: "name" in US East (N. Virginia)`, in what a subject may hold. */
export function topicSubject({ alarmName, to }: AlarmTransition, region: string): string {
  const subject = `${to.state}: "${alarmName}" in ${regionNames[region] ?? region}`;
  return subject.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 100);
}

/**
 * The message that an alarm publishes to a topic.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function topicMessage(alarm: Alarm, { from, to }: AlarmTransition, place: AlarmPlace): string {
  const { settings } = alarm;
  const { metric, evaluationPeriods, datapointsToAlarm } = settings;
  return JSON.stringify({
    AlarmName: settings.name,
    AlarmDescription: settings.description ?? null,
    AWSAccountId: place.accountId,
    AlarmConfigurationUpdatedTimestamp: alarmTime(alarm.configuredAtMs),
    NewStateValue: to.state,
    NewStateReason: to.reason,
    StateChangeTime: alarmTime(to.atMs),
    Region: regionNames[place.region] ?? place.region,
    AlarmArn: alarm.arn,
    OldStateValue: from.state,
    OKActions: settings.actions.OK,
    AlarmActions: settings.actions.ALARM,
    InsufficientDataActions: settings.actions.INSUFFICIENT_DATA,
    Trigger: {
      MetricName: metric.name,
      Namespace: metric.namespace,
      StatisticType: "Statistic",
      Statistic: settings.statistic.toUpperCase(),
      Unit: settings.unit ?? null,
      Dimensions: metric.dimensions.map(({ name, value }) => ({ value, name })),
      Period: settings.periodSeconds,
      EvaluationPeriods: evaluationPeriods,
      ...(datapointsToAlarm !== evaluationPeriods && { DatapointsToAlarm: datapointsToAlarm }),
      ComparisonOperator: settings.comparisonOperator,
      Threshold: settings.threshold,
      TreatMissingData: settings.treatMissingData,
      EvaluateLowSampleCountPercentile: "",
    },
  });
}

/**
 * The event that an alarm invokes a function with.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export function functionEvent(alarm: Alarm, transition: AlarmTransition, { region, accountId }: AlarmPlace): string {
  return JSON.stringify({
    source: "aws.cloudwatch",
    alarmArn: alarm.arn,
    accountId,
    time: alarmTime(transition.to.atMs),
    region,
    alarmData: alarmData(alarm, transition),
  });
}

/**
 * The event that goes to the default event bus.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function busEvent(
  id: string,
  alarm: Alarm,
  transition: AlarmTransition,
  { region, accountId }: AlarmPlace,
): string {
  return JSON.stringify({
    version: "0",
    id,
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account: accountId,
    time: `${new Date(transition.to.atMs).toISOString().slice(0, 19)}Z`,
    region,
    resources: [alarm.arn],
    detail: alarmData(alarm, transition),
  });
}

function alarmData({ settings }: Alarm, { from, to }: AlarmTransition) {
  const { namespace, name, dimensions } = settings.metric;
  return {
    alarmName: settings.name,
    state: conditionData(to),
    previousState: conditionData(from),
    configuration: {
      ...(settings.description !== undefined && { description: settings.description }),
      metrics: [
        {
          id: metricId(settings.name),
          metricStat: {
            metric: {
              namespace,
              name,
              dimensions: Object.fromEntries(dimensions.map((dimension) => [dimension.name, dimension.value])),
            },
            period: settings.periodSeconds,
            stat: settings.statistic,
          },
          returnData: true,
        },
      ],
    },
  };
}

function conditionData({ state, reason, reasonData, atMs }: AlarmCondition) {
  return { value: state, reason, ...(reasonData !== undefined && { reasonData }), timestamp: alarmTime(atMs) };
}

/** AWS gives the metric of an alarm a UUID; here it is the same for the same alarm. */
function metricId(alarmName: string): string {
  const hex = createHash("sha256").update(alarmName).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}
