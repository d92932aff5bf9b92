import { join } from "node:path";
import { PurgeQueueCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AlarmState, type Deployment, type LocalAws, outsideCredentials, startLocalAws } from "../src/index.ts";

type Seen = { readonly how: string; readonly event: unknown };

describe("a queue's alarm, as CDK's constructs deploy it", () => {
  let aws: LocalAws;
  let sqs: SQSClient;
  let deployment: Deployment;
  const seen: Seen[] = [];
  const problems: string[] = [];

  beforeAll(async () => {
    // A minute lasts a tenth of a second.
    aws = await startLocalAws({
      scheduleScale: 600,
      onProblem: (error, source) => problems.push(`${source}: ${error}`),
    });
    aws.lambda.on("log", ({ message }) => void (message.startsWith('{"how"') && seen.push(JSON.parse(message))));
    sqs = new SQSClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 });
    deployment = await aws.deploy(join(import.meta.dirname, "fixtures", "cdk-alarms"));
  });
  afterAll(async () => {
    sqs.destroy();
    await aws.stop();
  });

  const eventsOf = (how: string) => seen.flatMap((each) => (each.how === how ? [each.event] : []));
  const alarmName = () => deployment.outputs.AlarmName ?? "";

  const states = () =>
    aws.cloudwatch.history(alarmName()).flatMap((event) => (event.kind === "transition" ? [event.to.state] : []));

  /** Settles when the alarm has gone through these states since it was made, and everyone has been told. */
  async function goneThrough(...wanted: readonly AlarmState[]): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (states().length < wanted.length) return;
        end();
        resolve();
      };
      const end = aws.cloudwatch.onTransition(look);
      look();
    });
    expect(states()).toEqual(wanted);
    await aws.cloudwatch.settled();
    await aws.sns.settled();
    await aws.lambda.idle();
  }

  it("is told of nothing but its own queue's messages", async () => {
    await goneThrough("OK");
    expect(aws.cloudwatch.alarms.get(alarmName()).condition.reason).toMatch(/^Threshold Crossed: /);
    seen.length = 0;
  });

  it("goes off when messages wait, and tells a function through a topic and another one directly", async () => {
    const Entries = ["a", "b", "c"].map((Id) => ({ Id, MessageBody: Id }));
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: deployment.outputs.QueueUrl, Entries }));
    await goneThrough("OK", "ALARM");
    expect(problems).toEqual([]);
    expect(eventsOf("topic")).toHaveLength(1);
    expect(eventsOf("direct")).toHaveLength(1);
    const { Records } = eventsOf("topic")[0] as { Records: [{ Sns: { Subject: string; Message: string } }] };
    expect(Records[0].Sns.Subject).toMatch(/^ALARM: ".+" in US East \(N\. Virginia\)$/);
    expect(JSON.parse(Records[0].Sns.Message)).toMatchObject({
      AlarmName: alarmName(),
      AlarmArn: deployment.outputs.AlarmArn,
      AWSAccountId: aws.accountId,
      NewStateValue: "ALARM",
      OldStateValue: "OK",
      Trigger: {
        Namespace: "AWS/SQS",
        MetricName: "ApproximateNumberOfMessagesVisible",
        Dimensions: [{ name: "QueueName", value: deployment.outputs.QueueUrl?.split("/").at(-1) }],
        Period: 60,
        Statistic: "MAXIMUM",
        Threshold: 3,
        TreatMissingData: "notBreaching",
      },
    });
    expect(eventsOf("direct")[0]).toMatchObject({
      source: "aws.cloudwatch",
      alarmArn: deployment.outputs.AlarmArn,
      accountId: aws.accountId,
      region: aws.region,
      alarmData: { alarmName: alarmName(), state: { value: "ALARM" }, previousState: { value: "OK" } },
    });
  });

  it("tells again when it is over, and only then", async () => {
    seen.length = 0;
    await sqs.send(new PurgeQueueCommand({ QueueUrl: deployment.outputs.QueueUrl }));
    await goneThrough("OK", "ALARM", "OK");
    const told = eventsOf("topic").map((event) => {
      const { Records } = event as { Records: [{ Sns: { Message: string } }] };
      const { NewStateValue, OldStateValue } = JSON.parse(Records[0].Sns.Message);
      return `${OldStateValue} -> ${NewStateValue}`;
    });
    expect(told).toEqual(["ALARM -> OK"]);
    expect(eventsOf("direct")).toHaveLength(1);
  });

  it("leaves a history of its changes and of who was told", () => {
    const history = aws.cloudwatch.history(alarmName());
    expect(states()).toEqual(["OK", "ALARM", "OK"]);
    expect(history.filter((event) => event.kind === "action")).toHaveLength(6);
    expect(history.every((event) => event.kind === "transition" || event.error === undefined)).toBe(true);
  });

  it("says of a function that it may not invoke which permission is missing", async () => {
    const { settings } = aws.cloudwatch.alarms.get(alarmName());
    const [forbidden = ""] = deployment.functions.filter((name) => name.includes("scaleup"));
    const arn = `arn:aws:lambda:${aws.region}:${aws.accountId}:function:${forbidden}`;
    aws.cloudwatch.alarms.put({ ...settings, name: "other", actions: { OK: [], ALARM: [arn], INSUFFICIENT_DATA: [] } });
    aws.cloudwatch.alarms.changeState("other", "ALARM", "a test", undefined);
    await aws.cloudwatch.settled();
    expect(problems.splice(0)).toEqual([
      expect.stringContaining("does not let lambda.alarms.cloudwatch.amazonaws.com invoke it"),
    ]);
    expect(aws.cloudwatch.history("other").at(-1)).toMatchObject({
      kind: "action",
      action: arn,
      error: expect.any(String),
    });
  });

  it("has schedules beside it", async () => {
    while (eventsOf("schedule").length === 0 || eventsOf("scheduler").length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(eventsOf("schedule")[0]).toMatchObject({ "detail-type": "Scheduled Event" });
    expect(eventsOf("scheduler")[0]).toEqual({ kind: "sweep" });
  });

  it("is the same when it is deployed again", async () => {
    const settings = () => aws.cloudwatch.alarms.list().map((alarm) => [alarm.arn, alarm.settings]);
    const before = settings();
    expect(await aws.deploy(join(import.meta.dirname, "fixtures", "cdk-alarms"))).toEqual(deployment);
    expect(settings()).toEqual(before);
    expect(aws.cloudwatch.alarms.get(alarmName()).condition.state).toBe("OK");
  });
});
