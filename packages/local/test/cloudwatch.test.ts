import {
  CloudWatchClient,
  ListMetricsCommand,
  PutMetricAlarmCommand,
  PutMetricStreamCommand,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";
import { alarmCases } from "./cloudwatch-conformance-alarms.ts";
import { metricCases } from "./cloudwatch-conformance-metrics.ts";

const clientOf = ({ url, region }: LocalAws) =>
  new CloudWatchClient({ endpoint: url, region, credentials: outsideCredentials, maxAttempts: 1 });

describe("the embedded CloudWatch answers the SDK as AWS does", () => {
  let aws: LocalAws;
  let client: CloudWatchClient;
  let slowAws: LocalAws;
  let slowClient: CloudWatchClient;

  beforeAll(async () => {
    aws = await startLocalAws();
    client = clientOf(aws);
    // A minute lasts a day: else alarms would be evaluated in the middle of a case. Some cases name topics that are not there.
    slowAws = await startLocalAws({ onProblem: () => {}, scheduleScale: 1 / 1440 });
    slowClient = clientOf(slowAws);
  });
  afterAll(async () => {
    client.destroy();
    slowClient.destroy();
    await Promise.all([aws.stop(), slowAws.stop()]);
  });

  it.concurrent.each(metricCases)("$name", async ({ run }) => run(client));
  it.concurrent.each(alarmCases)("$name", async ({ run }) => run(slowClient));

  it("names what it does not serve", async () => {
    const stream = { Name: "s", FirehoseArn: "arn", RoleArn: "arn", OutputFormat: "json" } as const;
    await expect(client.send(new PutMetricStreamCommand(stream))).rejects.toMatchObject({
      name: "InvalidAction",
      message: "The embedded CloudWatch does not serve PutMetricStream.",
    });
    const alarm = {
      AlarmName: "a",
      Namespace: "n",
      MetricName: "m",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: "GreaterThanThreshold",
    } as const;
    const percentile = { ...alarm, Statistic: undefined, ExtendedStatistic: "p99" };
    await expect(client.send(new PutMetricAlarmCommand(percentile))).rejects.toThrow(
      "does not serve the parameter ExtendedStatistic",
    );
    const reboot = { ...alarm, AlarmActions: ["arn:aws:automate:us-east-1:ec2:reboot"] };
    await expect(client.send(new PutMetricAlarmCommand(reboot))).rejects.toThrow("topics and functions only");
  });

  it("tells what the query protocol is answered with", async () => {
    const response = await fetch(aws.url, {
      method: "POST",
      headers: {
        authorization: "AWS4-HMAC-SHA256 Credential=AKIA/20261121/us-east-1/monitoring/aws4_request, Signature=0",
      },
      body: new URLSearchParams({ Action: "DescribeAlarms", Version: "2010-08-01" }),
    });
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("the query protocol of older SDKs is not served");
  });

  it("records each call with its IAM action, and with the alarm it is about", () => {
    const calls = [...slowAws.calls.list(), ...aws.calls.list()];
    const resourceOf = (wanted: string) => calls.find(({ action }) => action === wanted)?.resourceArn;
    expect(resourceOf("cloudwatch:PutMetricData")).toBe("*");
    expect(resourceOf("cloudwatch:PutMetricAlarm")).toMatch(/:alarm:conformance-/);
    expect(resourceOf("cloudwatch:SetAlarmState")).toMatch(/:alarm:conformance-/);
  });
});

it("a caller without permission is told so in CloudWatch's words", async () => {
  const aws = await startLocalAws({ authorize: (_, action) => action !== "cloudwatch:ListMetrics" });
  const client = clientOf(aws);
  await expect(client.send(new ListMetricsCommand())).rejects.toMatchObject({
    name: expect.stringMatching(/^AccessDenied/),
    message: expect.stringContaining("not authorized to perform cloudwatch:ListMetrics"),
    $metadata: { httpStatusCode: 403 },
  });
  client.destroy();
  await aws.stop();
});
