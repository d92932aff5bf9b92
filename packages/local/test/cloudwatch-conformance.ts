import { alarmCases } from "./cloudwatch-conformance-alarms.ts";
import { metricCases } from "./cloudwatch-conformance-metrics.ts";
import type { CloudWatchCase } from "./cloudwatch-names.ts";

/** Checks CloudWatch's behaviour with the SDK; runs against the embedded CloudWatch and any peer. */
export const cloudWatchCases: readonly CloudWatchCase[] = [...metricCases, ...alarmCases];
