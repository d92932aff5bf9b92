import { describe, expect, it } from "vitest";
import { type AlarmState, evaluate, type TreatMissingData } from "./alarm-evaluation.ts";
import { readAlarmSettings } from "./alarm-input.ts";
import { reasonData, reasonText } from "./alarm-reason.ts";

const startMs = Date.parse("2026-11-21T10:00:00Z");
const msOf = (second: number) => startMs + second * 1000;

/** The reason for what follows from data points, one a minute and the oldest first. */
function reasonOf(
  values: readonly (number | undefined)[],
  from: AlarmState,
  options: { n?: number; m?: number; treatment?: TreatMissingData } = {},
) {
  const settings = readAlarmSettings({
    AlarmName: "a",
    Namespace: "n",
    MetricName: "m",
    Statistic: "Average",
    Period: 60,
    EvaluationPeriods: options.n ?? 1,
    DatapointsToAlarm: options.m,
    Threshold: 50,
    ComparisonOperator: "GreaterThanThreshold",
    TreatMissingData: options.treatment,
  });
  const points = values.map((value, index) => (value === undefined ? undefined : { second: index * 60, value }));
  const evaluation = evaluate(settings, points, from);
  return {
    text: reasonText(settings, evaluation, from, msOf),
    data: JSON.parse(reasonData(settings, evaluation, 0, msOf)) as unknown,
  };
}

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
describe("why an alarm changed is told as CloudWatch tells it", () => {
  it("when it goes off", () => {
    expect(reasonOf([99.5], "OK").text).toBe(
      "Threshold Crossed: 1 out of the last 1 datapoints [99.5 (21/11/26 10:00:00)] was greater than the threshold (50.0) (minimum 1 datapoint for OK -> ALARM transition).",
    );
  });

  it("when it is over", () => {
    expect(reasonOf([0.25], "ALARM").text).toBe(
      "Threshold Crossed: 1 out of the last 1 datapoints [0.25 (21/11/26 10:00:00)] was not greater than the threshold (50.0) (minimum 1 datapoint for ALARM -> OK transition).",
    );
  });

  it("with the data points that decided, the newest first", () => {
    expect(reasonOf([60, 1, 70], "OK", { n: 3, m: 2 }).text).toBe(
      "Threshold Crossed: 2 out of the last 3 datapoints [70.0 (21/11/26 10:02:00), 60.0 (21/11/26 10:00:00)] were greater than the threshold (50.0) (minimum 2 datapoints for OK -> ALARM transition).",
    );
  });

  it.each<readonly [TreatMissingData, AlarmState, string]>([
    ["breaching", "OK", "Breaching"],
    ["notBreaching", "ALARM", "NonBreaching"],
  ])("when nothing came and that counts as %s", (treatment, from, word) => {
    expect(reasonOf([undefined, undefined, undefined], from, { treatment }).text).toBe(
      `Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [${word}].`,
    );
  });

  it("when too little is known", () => {
    expect(reasonOf([undefined, undefined], "OK", { n: 2 }).text).toBe("Insufficient Data: 2 datapoints were unknown.");
    expect(reasonOf([undefined], "OK").text).toBe("Insufficient Data: 1 datapoint was unknown.");
  });

  it("with the data for programs", () => {
    expect(reasonOf([60, 70], "OK", { n: 2 }).data).toEqual({
      version: "1.0",
      queryDate: "2026-11-21T10:00:00.000+0000",
      startDate: "2026-11-21T10:00:00.000+0000",
      statistic: "Average",
      period: 60,
      recentDatapoints: [60, 70],
      threshold: 50,
      evaluatedDatapoints: [
        { timestamp: "2026-11-21T10:01:00.000+0000", value: 70 },
        { timestamp: "2026-11-21T10:00:00.000+0000", value: 60 },
      ],
    });
  });

  // LocalStack's test_cloudwatch.py, test_breaching_alarm_actions, recorded 2025-09-19.
  it("with the times of the periods, the newest first, if none of them had data and that counts", () => {
    expect(reasonOf([undefined, undefined], "INSUFFICIENT_DATA", { n: 2, treatment: "breaching" }).data).toMatchObject({
      recentDatapoints: [],
      evaluatedDatapoints: [
        { timestamp: "2026-11-21T09:59:00.000+0000" },
        { timestamp: "2026-11-21T09:58:00.000+0000" },
      ],
    });
  });
});
