import { describe, expect, it } from "vitest";
import type { Alarm, AlarmTransition } from "./alarm.ts";
import { readAlarmSettings } from "./alarm-input.ts";
import { topicMessage, topicSubject } from "./alarm-message.ts";

const place = { region: "eu-west-1", accountId: "000000000000" };
const condition = (state: Alarm["condition"]["state"]) =>
  ({
    state,
    reason: `because of ${state}`,
    reasonData: undefined,
    atMs: Date.parse("2026-11-21T10:00:00.5Z"),
  }) as const;

function transitionOf(name: string, fields: object = {}): readonly [Alarm, AlarmTransition] {
  const settings = readAlarmSettings({
    AlarmName: name,
    Namespace: "AWS/SQS",
    MetricName: "ApproximateNumberOfMessagesVisible",
    Dimensions: [{ Name: "QueueName", Value: "q" }],
    Statistic: "Maximum",
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 5,
    ComparisonOperator: "GreaterThanOrEqualToThreshold",
    ...fields,
  });
  const arn = `arn:aws:cloudwatch:eu-west-1:000000000000:alarm:${name}`;
  const alarm = { arn, settings, configuredAtMs: Date.parse("2026-11-21T09:00:00Z"), condition: condition("ALARM") };
  const [from, to] = [condition("OK"), condition("ALARM")];
  return [alarm, { alarmName: name, alarmArn: arn, metric: settings.metric, from, to, actions: [] }];
}

describe("the message of an alarm to a topic", () => {
  it("has every field that CloudWatch writes", () => {
    const topic = "arn:aws:sns:eu-west-1:000000000000:t";
    const message = topicMessage(
      ...transitionOf("backlog", { AlarmActions: [topic], TreatMissingData: "ignore" }),
      place,
    );
    expect(JSON.parse(message)).toEqual({
      AlarmName: "backlog",
      AlarmDescription: null,
      AWSAccountId: "000000000000",
      AlarmConfigurationUpdatedTimestamp: "2026-11-21T09:00:00.000+0000",
      NewStateValue: "ALARM",
      NewStateReason: "because of ALARM",
      StateChangeTime: "2026-11-21T10:00:00.500+0000",
      Region: "EU (Ireland)",
      AlarmArn: "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:backlog",
      OldStateValue: "OK",
      OKActions: [],
      AlarmActions: [topic],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: "ApproximateNumberOfMessagesVisible",
        Namespace: "AWS/SQS",
        StatisticType: "Statistic",
        Statistic: "MAXIMUM",
        Unit: null,
        Dimensions: [{ value: "q", name: "QueueName" }],
        Period: 60,
        EvaluationPeriods: 3,
        ComparisonOperator: "GreaterThanOrEqualToThreshold",
        Threshold: 5,
        TreatMissingData: "ignore",
        EvaluateLowSampleCountPercentile: "",
      },
    });
  });

  it("says how many of the data points count where not all do", () => {
    const { Trigger } = JSON.parse(topicMessage(...transitionOf("a", { DatapointsToAlarm: 2 }), place));
    expect(Trigger).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
  });

  it("has a subject that a topic takes, whatever the alarm is called", () => {
    expect(topicSubject(transitionOf("backlog")[1], "eu-west-1")).toBe('ALARM: "backlog" in EU (Ireland)');
    expect(topicSubject(transitionOf("a")[1], "xx-mars-1")).toBe('ALARM: "a" in xx-mars-1');
    expect(topicSubject(transitionOf(`ü${"x".repeat(200)}`)[1], "eu-west-1")).toMatch(/^[\x21-\x7e][\x20-\x7e]{99}$/);
  });
});
