import type { AlarmCondition } from "../alarm.ts";
import type { AlarmEvent } from "../alarm-history.ts";
import { optionalInteger, optionalMoment, optionalText, optionalWord, textList } from "../request-fields.ts";
import type { CloudWatchOperation } from "./operation.ts";
import { page } from "./page.ts";

const types = ["ConfigurationUpdate", "StateUpdate", "Action"] as const;

/** `DescribeAlarmHistory`: changes of states and what came of actions, the newest first. */
export const describeAlarmHistory: CloudWatchOperation = (context, input) => {
  const name = optionalText(input, "AlarmName");
  context.authorize("cloudwatch:DescribeAlarmHistory", name === undefined ? "*" : context.alarms.arnOf(name));
  const type = optionalWord(input, "HistoryItemType", types);
  const alarmTypes = textList(input, "AlarmTypes");
  // There are no composite alarms: asking for them alone gives nothing.
  const hasMetricAlarms = alarmTypes.length === 0 || alarmTypes.includes("MetricAlarm");
  const fromMs = optionalMoment(input, "StartDate") ?? Number.NEGATIVE_INFINITY;
  const toMs = optionalMoment(input, "EndDate") ?? Number.POSITIVE_INFINITY;
  const isAscending =
    optionalWord(input, "ScanBy", ["TimestampDescending", "TimestampAscending"]) === "TimestampAscending";
  const wanted = context.history
    .list(name)
    .filter(({ atMs }) => hasMetricAlarms && atMs >= fromMs && atMs <= toMs)
    .map(described)
    .filter(({ HistoryItemType }) => type === undefined || HistoryItemType === type);
  const ordered = isAscending ? wanted : wanted.toReversed();
  const { items, next } = page(input, ordered, optionalInteger(input, "MaxRecords", 1, 100) ?? 100);
  return { AlarmHistoryItems: items, ...next };
};

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmHistoryItem.html */
function described(event: AlarmEvent) {
  const common = { AlarmName: event.alarmName, AlarmType: "MetricAlarm", Timestamp: event.atMs / 1000 };
  if (event.kind === "transition") {
    return {
      ...common,
      HistoryItemType: "StateUpdate",
      HistorySummary: `Alarm updated from ${event.from.state} to ${event.to.state}`,
      HistoryData: JSON.stringify({
        version: "1.0",
        type: "Update",
        oldState: conditionData(event.from),
        newState: conditionData(event.to),
      }),
    };
  }
  const outcome = event.error === undefined ? "Successfully executed" : "Failed to execute";
  return {
    ...common,
    HistoryItemType: "Action",
    HistorySummary: `${outcome} action ${event.action}`,
    HistoryData: JSON.stringify({
      actionState: event.error === undefined ? "Succeeded" : "Failed",
      notificationResource: event.action,
      ...(event.error !== undefined && { error: event.error }),
    }),
  };
}

function conditionData({ state, reason, reasonData }: AlarmCondition) {
  return {
    stateValue: state,
    stateReason: reason,
    ...(reasonData !== undefined && { stateReasonData: JSON.parse(reasonData) as unknown }),
  };
}
