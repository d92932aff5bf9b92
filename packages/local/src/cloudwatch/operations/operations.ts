import { allServed, harmless, type Inputs, list, only, structure } from "../../gateway/inputs.ts";
import type { ServedOperation } from "../../gateway/json-protocol.ts";
import * as alarm from "./alarm-operations.ts";
import { describeAlarmHistory } from "./history-operations.ts";
import * as metric from "./metric-operations.ts";
import type { CloudWatchOperation } from "./operation.ts";
import * as tag from "./tag-operations.ts";

const dimensions = list(structure(allServed("Name", "Value")));
const metricName: Inputs = { ...allServed("Namespace", "MetricName"), Dimensions: dimensions };
const data = list(
  structure({
    ...allServed("MetricName", "Timestamp", "Value", "Values", "Counts", "Unit", "StorageResolution"),
    Dimensions: dimensions,
    StatisticValues: structure(allServed("SampleCount", "Sum", "Minimum", "Maximum")),
  }),
);
const query = structure({
  ...allServed("Id", "Label", "ReturnData"),
  MetricStat: structure({ ...allServed("Period", "Stat", "Unit"), Metric: structure(metricName) }),
});

const tags = list(structure(allServed("Key", "Value")));

/** Inputs that define an alarm: parameters of `PutMetricAlarm`, and properties of `AWS::CloudWatch::Alarm`. */
const alarmInputs: Inputs = {
  ...allServed("AlarmName", "AlarmDescription", "ActionsEnabled"),
  ...allServed("OKActions", "AlarmActions", "InsufficientDataActions"),
  ...metricName,
  ...allServed("Statistic", "Period", "Unit", "EvaluationPeriods", "DatapointsToAlarm"),
  ...allServed("Threshold", "ComparisonOperator", "TreatMissingData"),
  Tags: tags,
};

/**
 * The one list of what the embedded CloudWatch takes: every operation, by the name that follows
 * `GraniteServiceVersion20100801.` in `X-Amz-Target`.
 */
export const cloudWatchOperations: Readonly<Record<string, ServedOperation<CloudWatchOperation>>> = {
  PutMetricAlarm: { run: alarm.putMetricAlarm, inputs: alarmInputs },
  DescribeAlarms: {
    run: alarm.describeAlarms,
    inputs: allServed(
      ...(["AlarmNames", "AlarmNamePrefix", "AlarmTypes", "StateValue", "ActionPrefix"] as const),
      ...(["MaxRecords", "NextToken"] as const),
    ),
  },
  DescribeAlarmsForMetric: {
    run: alarm.describeAlarmsForMetric,
    inputs: { ...metricName, ...allServed("Statistic", "Period", "Unit") },
  },
  DescribeAlarmHistory: {
    run: describeAlarmHistory,
    inputs: allServed(
      ...(["AlarmName", "AlarmTypes", "HistoryItemType", "StartDate", "EndDate"] as const),
      ...(["MaxRecords", "NextToken", "ScanBy"] as const),
    ),
  },
  SetAlarmState: {
    run: alarm.setAlarmState,
    inputs: allServed("AlarmName", "StateValue", "StateReason", "StateReasonData"),
  },
  EnableAlarmActions: { run: alarm.enableAlarmActions, inputs: allServed("AlarmNames") },
  DisableAlarmActions: { run: alarm.disableAlarmActions, inputs: allServed("AlarmNames") },
  DeleteAlarms: { run: alarm.deleteAlarms, inputs: allServed("AlarmNames") },
  TagResource: { run: tag.tagAlarm, inputs: { ...allServed("ResourceARN"), Tags: tags } },
  UntagResource: { run: tag.untagAlarm, inputs: allServed("ResourceARN", "TagKeys") },
  ListTagsForResource: { run: tag.listAlarmTags, inputs: allServed("ResourceARN") },
  PutMetricData: {
    run: metric.putMetricData,
    inputs: {
      ...allServed("Namespace"),
      MetricData: data,
      EntityMetricData: list(structure({ MetricData: data, Entity: harmless("no served operation returns entities") })),
      StrictEntityValidation: only([false], "entities are not validated"),
    },
  },
  GetMetricStatistics: {
    run: metric.getMetricStatistics,
    inputs: { ...metricName, ...allServed("StartTime", "EndTime", "Period", "Statistics", "Unit") },
  },
  GetMetricData: {
    run: metric.getMetricData,
    inputs: { ...allServed("StartTime", "EndTime", "ScanBy"), MetricDataQueries: list(query) },
  },
  ListMetrics: {
    run: metric.listMetrics,
    inputs: {
      ...metricName,
      ...allServed("NextToken"),
      IncludeLinkedAccounts: only([false], "there is one account"),
    },
  },
};
