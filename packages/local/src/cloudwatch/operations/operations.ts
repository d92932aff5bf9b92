import * as alarm from "./alarm-operations.ts";
import { describeAlarmHistory } from "./history-operations.ts";
import * as metric from "./metric-operations.ts";
import type { Operation } from "./operation.ts";

/** Every operation served, by the name that follows `GraniteServiceVersion20100801.` in `X-Amz-Target`. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ["PutMetricAlarm", alarm.putMetricAlarm],
  ["DescribeAlarms", alarm.describeAlarms],
  ["DescribeAlarmsForMetric", alarm.describeAlarmsForMetric],
  ["DescribeAlarmHistory", describeAlarmHistory],
  ["SetAlarmState", alarm.setAlarmState],
  ["EnableAlarmActions", alarm.enableAlarmActions],
  ["DisableAlarmActions", alarm.disableAlarmActions],
  ["DeleteAlarms", alarm.deleteAlarms],
  ["PutMetricData", metric.putMetricData],
  ["GetMetricStatistics", metric.getMetricStatistics],
  ["GetMetricData", metric.getMetricData],
  ["ListMetrics", metric.listMetrics],
]);
