import type { Alarm } from "../alarm.ts";
import { alarmStates } from "../alarm-evaluation.ts";
import { readAlarmSettings } from "../alarm-input.ts";
import { cloudWatchErrors } from "../cloudwatch-error.ts";
import { metricKey } from "../metric.ts";
import {
  type Fields,
  optionalInteger,
  optionalText,
  optionalWord,
  readMetric,
  text,
  textList,
} from "../request-fields.ts";
import { statistics } from "../statistic-set.ts";
import type { CloudWatchContext, CloudWatchOperation } from "./operation.ts";
import { page } from "./page.ts";
import { requestTags } from "./tag-operations.ts";

/** `PutMetricAlarm`: makes an alarm, or changes one and keeps its state. */
export const putMetricAlarm: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:PutMetricAlarm", context.alarms.arnOf(text(input, "AlarmName")));
  context.alarms.put(readAlarmSettings(input), requestTags(input));
  return {};
};

/** `DescribeAlarms`: alarms by name, prefix, state or action. There are no composite alarms. */
export const describeAlarms: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:DescribeAlarms", "*");
  const names = textList(input, "AlarmNames");
  const prefix = optionalText(input, "AlarmNamePrefix");
  if (names.length > 0 && prefix !== undefined) {
    throw cloudWatchErrors.validation("AlarmNames and AlarmNamePrefix cannot be given together.");
  }
  const state = optionalWord(input, "StateValue", alarmStates);
  const actionPrefix = optionalText(input, "ActionPrefix");
  const types = textList(input, "AlarmTypes");
  const wanted = context.alarms.list().filter(({ settings, condition }) => {
    if (types.length > 0 && !types.includes("MetricAlarm")) return false;
    if (names.length > 0 && !names.includes(settings.name)) return false;
    if (prefix !== undefined && !settings.name.startsWith(prefix)) return false;
    if (state !== undefined && condition.state !== state) return false;
    const actions = Object.values(settings.actions).flat();
    return actionPrefix === undefined || actions.some((action) => action.startsWith(actionPrefix));
  });
  const { items, next } = page(input, wanted, optionalInteger(input, "MaxRecords", 1, 100) ?? 50);
  return { MetricAlarms: items.map(described), CompositeAlarms: [], ...next };
};

/** `DescribeAlarmsForMetric`: alarms that watch a metric. */
export const describeAlarmsForMetric: CloudWatchOperation = (context, input) => {
  context.authorize("cloudwatch:DescribeAlarmsForMetric", "*");
  const key = metricKey(readMetric(input));
  const statistic = optionalWord(input, "Statistic", statistics);
  const period = optionalInteger(input, "Period", 1, 86_400);
  const unit = optionalText(input, "Unit");
  const wanted = context.alarms
    .list()
    .filter(
      ({ settings }) =>
        metricKey(settings.metric) === key &&
        (statistic === undefined || settings.statistic === statistic) &&
        (period === undefined || settings.periodSeconds === period) &&
        (unit === undefined || settings.unit === unit),
    );
  return { MetricAlarms: wanted.map(described) };
};

/** `SetAlarmState`: brings an alarm into a state until it is looked at next. */
export const setAlarmState: CloudWatchOperation = (context, input) => {
  const name = text(input, "AlarmName");
  context.authorize("cloudwatch:SetAlarmState", context.alarms.arnOf(name));
  const state = optionalWord(input, "StateValue", alarmStates);
  if (state === undefined) throw cloudWatchErrors.missingParameter("StateValue");
  const reason = text(input, "StateReason");
  const reasonData = optionalText(input, "StateReasonData");
  checkReasonData(reasonData);
  context.alarms.changeState(name, state, reason, reasonData);
  return {};
};

/** `EnableAlarmActions`: lets alarms tell of their changes. */
export const enableAlarmActions: CloudWatchOperation = (context, input) => setActionsEnabled(context, input, true);

/** `DisableAlarmActions`: alarms go on changing their states and tell nobody. */
export const disableAlarmActions: CloudWatchOperation = (context, input) => setActionsEnabled(context, input, false);

/** `DeleteAlarms`: removes alarms; those that are not there are no error. */
export const deleteAlarms: CloudWatchOperation = (context, input) => {
  const names = textList(input, "AlarmNames");
  for (const name of names) context.authorize("cloudwatch:DeleteAlarms", context.alarms.arnOf(name));
  if (names.length > 100) throw cloudWatchErrors.validation("100 alarms can be deleted at once.");
  context.alarms.delete(names);
  return {};
};

function setActionsEnabled(context: CloudWatchContext, input: Fields, isEnabled: boolean): Record<string, never> {
  const action = `cloudwatch:${isEnabled ? "Enable" : "Disable"}AlarmActions`;
  const names = textList(input, "AlarmNames");
  for (const name of names) context.authorize(action, context.alarms.arnOf(name));
  context.alarms.setActionsEnabled(names, isEnabled);
  return {};
}

function checkReasonData(reasonData: string | undefined): void {
  if (reasonData === undefined) return;
  try {
    JSON.parse(reasonData);
  } catch {
    throw cloudWatchErrors.invalidFormat("StateReasonData is not JSON.");
  }
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html */
function described({ arn, settings, condition, configuredAtMs }: Alarm) {
  const { metric, actions } = settings;
  const isPartial = settings.datapointsToAlarm !== settings.evaluationPeriods;
  return {
    AlarmName: settings.name,
    AlarmArn: arn,
    ...(settings.description !== undefined && { AlarmDescription: settings.description }),
    AlarmConfigurationUpdatedTimestamp: configuredAtMs / 1000,
    ActionsEnabled: settings.actionsEnabled,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
    StateValue: condition.state,
    StateReason: condition.reason,
    ...(condition.reasonData !== undefined && { StateReasonData: condition.reasonData }),
    StateUpdatedTimestamp: condition.atMs / 1000,
    StateTransitionedTimestamp: condition.atMs / 1000,
    MetricName: metric.name,
    Namespace: metric.namespace,
    Statistic: settings.statistic,
    Dimensions: metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
    Period: settings.periodSeconds,
    ...(settings.unit !== undefined && { Unit: settings.unit }),
    EvaluationPeriods: settings.evaluationPeriods,
    ...(isPartial && { DatapointsToAlarm: settings.datapointsToAlarm }),
    Threshold: settings.threshold,
    ComparisonOperator: settings.comparisonOperator,
    ...(settings.givenTreatment !== undefined && { TreatMissingData: settings.givenTreatment }),
  };
}
