import { describe, expect, it } from "vitest";
import { readAlarmSettings } from "./alarm-input.ts";

const least = {
  AlarmName: "a",
  Namespace: "n",
  MetricName: "m",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 2,
  Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
};
const topic = "arn:aws:sns:us-east-1:000000000000:t";

describe("the settings of an alarm", () => {
  it("need no more than what is watched and when it is too much", () => {
    expect(readAlarmSettings(least)).toMatchObject({
      datapointsToAlarm: 2,
      treatMissingData: "missing",
      actionsEnabled: true,
      description: undefined,
      unit: undefined,
      metric: { namespace: "n", name: "m", dimensions: [] },
      actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
    });
  });

  it.each(Object.keys(least))("without %s are refused", (name) => {
    expect(() => readAlarmSettings({ ...least, [name]: undefined })).toThrow(`The parameter ${name} is required.`);
  });

  it.each<readonly [string, object, string]>([
    ["more data points to alarm than periods", { DatapointsToAlarm: 3 }, "DatapointsToAlarm must not be greater"],
    ["a period between the steps", { Period: 90 }, "Period must be 10, 20, 30 or a multiple of 60, not 90."],
    ["more than a day", { Period: 600, EvaluationPeriods: 145 }, "across more than a day"],
    ["more than a week, by the hour", { Period: 3600, EvaluationPeriods: 169 }, "across more than a week"],
    ["a statistic that is none", { Statistic: "Median" }, "SampleCount, Average, Sum, Minimum, Maximum"],
    ["a comparison with a band", { ComparisonOperator: "GreaterThanUpperThreshold" }, "failed to satisfy constraint"],
    ["six actions", { OKActions: Array(6).fill(topic) }, "OKActions has 5 entries at most."],
    ["an action that is not served", { AlarmActions: ["arn:aws:automate:us-east-1:ec2:stop"] }, "topics and functions"],
    ["a dimension twice", { Dimensions: Array(2).fill({ Name: "a", Value: "b" }) }, "each dimension once"],
    ["a threshold in words", { Threshold: "1" }, "for parameter Threshold is invalid"],
  ])("with %s are refused", (_, fields, message) => {
    expect(() => readAlarmSettings({ ...least, ...fields })).toThrow(message);
  });

  it("may span a week if the period is an hour or more", () => {
    expect(readAlarmSettings({ ...least, Period: 3600, EvaluationPeriods: 168 }).evaluationPeriods).toBe(168);
  });
});
