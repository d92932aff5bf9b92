import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { createLambdaObserver } from "../lambda/lambda-events.ts";
import { Queues } from "../sqs/queues.ts";
import type { AlarmSettings } from "./alarm.ts";
import { readAlarmSettings } from "./alarm-input.ts";
import { createCloudWatch } from "./cloudwatch.ts";

const topicArn = "arn:aws:sns:us-east-1:000000000000:t";
const functionArn = "arn:aws:lambda:us-east-1:000000000000:function:f";
const minuteMs = 60_000;

function setUp(options: { scale?: number; refuse?: (arn: string) => boolean } = {}) {
  const clock = createManualClock(Date.parse("2026-11-21T00:00:00Z"));
  const place = { region: "us-east-1", accountId: "000000000000" };
  let ids = 0;
  const newId = () => `id-${ids++}`;
  const queues = new Queues({ ...place, clock, newId });
  const functions = createLambdaObserver();
  const sent: { arn: string; payload: Record<string, unknown>; from: string }[] = [];
  const problems: string[] = [];
  const cloudwatch = createCloudWatch({
    ...place,
    clock,
    newId,
    queues,
    functions,
    eventBusArn: "bus",
    ...(options.scale !== undefined && { scale: options.scale }),
    async deliver({ arn }, payload, { servicePrincipal }) {
      if (options.refuse?.(arn)) throw new Error("refused");
      sent.push({ arn, payload: JSON.parse(payload) as Record<string, unknown>, from: servicePrincipal });
    },
    onDeliveryError: (_, arn) => problems.push(arn),
  });
  const queue = queues.create("q", {});
  const send = (count: number) => {
    for (let index = 0; index < count; index += 1) queues.send(queue, { body: "x", attributes: {}, senderId: "s" });
  };
  const alarm = (fields: Record<string, unknown> = {}): AlarmSettings => {
    const settings = readAlarmSettings({
      AlarmName: "backlog",
      Namespace: "AWS/SQS",
      MetricName: "ApproximateNumberOfMessagesVisible",
      Dimensions: [{ Name: "QueueName", Value: "q" }],
      Statistic: "Maximum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
      AlarmActions: [topicArn],
      OKActions: [topicArn],
      ...fields,
    });
    cloudwatch.alarms.put(settings);
    return settings;
  };
  const state = (name = "backlog") => cloudwatch.alarms.get(name).condition.state;
  const told = () => sent.flatMap(({ arn, payload }) => (arn === topicArn ? [payload.NewStateValue] : []));
  return { clock, functions, queues, queue, cloudwatch, sent, problems, send, alarm, state, told };
}

describe("a queue's metrics", () => {
  it("are published each minute", () => {
    const { clock, cloudwatch, queues, queue, send } = setUp();
    const startMs = clock.nowMs();
    send(3);
    void queues.receive(queue, { maxMessages: 1, visibilityTimeoutSeconds: 90 });
    clock.advance(minuteMs);
    send(1);
    clock.advance(minuteMs);
    const values = (name: string) =>
      cloudwatch
        .datapoints(
          { namespace: "AWS/SQS", name, dimensions: [{ name: "QueueName", value: "q" }] },
          { periodSeconds: 60, startMs, endMs: clock.nowMs() },
        )
        .map(({ atMs, set }) => [(atMs - startMs) / minuteMs, set.sum]);
    expect(values("ApproximateNumberOfMessagesVisible")).toEqual([
      [0, 2],
      [1, 4],
    ]);
    expect(values("ApproximateNumberOfMessagesNotVisible").map(([, value]) => value)).toEqual([1, 0]);
    expect(values("NumberOfMessagesSent").map(([, value]) => value)).toEqual([3, 1]);
    expect(values("NumberOfMessagesReceived").map(([, value]) => value)).toEqual([1, 0]);
    expect(values("ApproximateAgeOfOldestMessage").map(([, value]) => value)).toEqual([60, 120]);
  });

  it("end six hours after the queue was last used", () => {
    const { clock, cloudwatch } = setUp();
    const startMs = clock.nowMs();
    clock.advance(24 * 60 * minuteMs);
    const metric = {
      namespace: "AWS/SQS",
      name: "NumberOfMessagesSent",
      dimensions: [{ name: "QueueName", value: "q" }],
    };
    const query = { periodSeconds: 60, startMs, endMs: clock.nowMs() };
    expect(cloudwatch.datapoints(metric, query)).toHaveLength(6 * 60);
  });
});

describe("a function's metrics", () => {
  it("say how often, how long and how well it ran", () => {
    const { clock, functions, cloudwatch } = setUp();
    const startMs = clock.nowMs();
    const unsaid = { initMs: undefined, answer: undefined, error: undefined };
    const end = { requestId: "r", sandboxId: "s", billedMs: 1, maxMemoryMb: 1, ...unsaid };
    functions.emit("invoke.end", { ...end, functionName: "f", durationMs: 10, status: "ok" });
    functions.emit("invoke.end", { ...end, functionName: "f", durationMs: 30, status: "timeout" });
    functions.emit("invoke.end", { ...end, functionName: "g", durationMs: 50, status: "exit" });
    functions.emit("throttle", { functionName: "f", requestId: "r", reason: "full" });
    functions.emit("dropped", { functionName: "f", requestId: "r", reason: "loop", targetArns: [] });
    functions.emit("dropped", { functionName: "f", requestId: "r", reason: "retries", targetArns: [] });
    clock.advance(minuteMs);
    const of = (name: string, functionName?: string) => {
      const dimensions = functionName === undefined ? [] : [{ name: "FunctionName", value: functionName }];
      const query = { periodSeconds: 60, startMs, endMs: clock.nowMs() };
      return cloudwatch.datapoints({ namespace: "AWS/Lambda", name, dimensions }, query)[0]?.set;
    };
    expect([of("Invocations", "f")?.sum, of("Invocations", "g")?.sum, of("Invocations")?.sum]).toEqual([2, 1, 3]);
    expect([of("Errors", "f")?.sum, of("Errors")?.sum]).toEqual([1, 2]);
    expect(of("Duration", "f")).toEqual({ count: 2, sum: 40, min: 10, max: 30 });
    expect([of("Throttles", "f")?.sum, of("Throttles", "g")]).toEqual([1, undefined]);
    expect([of("RecursiveInvocationsDropped", "f")?.sum, of("AsyncEventsDropped", "f")?.sum]).toEqual([1, 1]);
  });
});

describe("an alarm", () => {
  it("begins without data, and tells once of each change of its state", async () => {
    const { clock, cloudwatch, queue, send, alarm, state, told } = setUp();
    alarm();
    expect(state()).toBe("INSUFFICIENT_DATA");
    clock.advance(3 * minuteMs);
    expect(state()).toBe("OK");
    send(5);
    clock.advance(10 * minuteMs);
    expect(state()).toBe("ALARM");
    queue.messages.purge();
    clock.advance(10 * minuteMs);
    expect(state()).toBe("OK");
    await cloudwatch.settled();
    expect(told()).toEqual(["OK", "ALARM", "OK"]);
  });

  it("waits for M breaching data points out of N", () => {
    const { clock, queue, send, alarm, state } = setUp();
    alarm({ EvaluationPeriods: 3, DatapointsToAlarm: 2 });
    clock.advance(3 * minuteMs);
    send(5);
    clock.advance(minuteMs);
    expect(state()).toBe("OK");
    queue.messages.purge();
    clock.advance(minuteMs);
    send(5);
    clock.advance(minuteMs);
    expect(state()).toBe("ALARM");
  });

  it("is evaluated each minute over a window that slides, however long its period", () => {
    const { clock, send, alarm, state } = setUp();
    alarm({ Period: 300 });
    clock.advance(7 * minuteMs);
    send(5);
    clock.advance(minuteMs);
    expect(state()).toBe("ALARM");
  });

  it("runs faster by the scale, with times of the clock", async () => {
    const { clock, cloudwatch, send, alarm, state, sent } = setUp({ scale: 60 });
    alarm();
    clock.advance(1000);
    expect(state()).toBe("OK");
    send(5);
    clock.advance(1000);
    expect(state()).toBe("ALARM");
    await cloudwatch.settled();
    expect(sent.find(({ payload }) => payload.NewStateValue === "ALARM")?.payload).toMatchObject({
      StateChangeTime: "2026-11-21T00:00:02.000+0000",
      NewStateReason:
        "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (21/11/26 00:00:01)] was greater than or equal to the threshold (5.0) (minimum 1 datapoint for OK -> ALARM transition).",
    });
  });

  it("that misses its data says so, and does what it is told to do then", () => {
    const { clock, queues, alarm, state } = setUp();
    alarm({ AlarmName: "missing" });
    alarm({ AlarmName: "ignore", TreatMissingData: "ignore" });
    alarm({ AlarmName: "breaching", TreatMissingData: "breaching" });
    alarm({ AlarmName: "notBreaching", TreatMissingData: "notBreaching" });
    clock.advance(2 * minuteMs);
    queues.delete("q");
    clock.advance(10 * minuteMs);
    expect(["missing", "ignore", "breaching", "notBreaching"].map(state)).toEqual([
      "INSUFFICIENT_DATA",
      "OK",
      "ALARM",
      "OK",
    ]);
  });

  it("tells a function directly, and the event bus of every change", async () => {
    const { clock, cloudwatch, send, alarm, sent } = setUp();
    alarm({ AlarmActions: [functionArn], OKActions: [], AlarmDescription: "too many" });
    clock.advance(minuteMs);
    send(5);
    clock.advance(minuteMs);
    await cloudwatch.settled();
    const alarmArn = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:backlog";
    expect(sent.filter(({ arn }) => arn === functionArn)).toEqual([
      {
        arn: functionArn,
        from: "lambda.alarms.cloudwatch.amazonaws.com",
        payload: {
          source: "aws.cloudwatch",
          alarmArn,
          accountId: "000000000000",
          time: "2026-11-21T00:02:00.000+0000",
          region: "us-east-1",
          alarmData: {
            alarmName: "backlog",
            state: {
              value: "ALARM",
              reason: expect.stringContaining("5.0 (21/11/26 00:01:00)"),
              reasonData: expect.stringContaining('"recentDatapoints":[5]'),
              timestamp: "2026-11-21T00:02:00.000+0000",
            },
            previousState: expect.objectContaining({ value: "OK", timestamp: "2026-11-21T00:01:00.000+0000" }),
            configuration: {
              description: "too many",
              metrics: [
                {
                  id: expect.stringMatching(/^[0-9a-f]{8}-/),
                  metricStat: {
                    metric: {
                      namespace: "AWS/SQS",
                      name: "ApproximateNumberOfMessagesVisible",
                      dimensions: { QueueName: "q" },
                    },
                    period: 60,
                    stat: "Maximum",
                  },
                  returnData: true,
                },
              ],
            },
          },
        },
      },
    ]);
    expect(sent.filter(({ arn }) => arn === "bus").map(({ payload }) => payload)).toMatchObject([
      { "detail-type": "CloudWatch Alarm State Change", resources: [alarmArn], detail: { state: { value: "OK" } } },
      { detail: { state: { value: "ALARM" }, previousState: { value: "OK" } } },
    ]);
  });

  it("with its actions disabled changes and tells nobody", async () => {
    const { clock, cloudwatch, alarm, state, told } = setUp();
    alarm({ ActionsEnabled: false });
    clock.advance(minuteMs);
    await cloudwatch.settled();
    expect(state()).toBe("OK");
    expect(told()).toEqual([]);
  });

  it("that is set by hand goes back when it is looked at next, and tells of both", async () => {
    const { clock, cloudwatch, alarm, state, told } = setUp();
    alarm();
    clock.advance(minuteMs);
    cloudwatch.alarms.changeState("backlog", "ALARM", "a test", undefined);
    expect(state()).toBe("ALARM");
    clock.advance(minuteMs);
    expect(state()).toBe("OK");
    await cloudwatch.settled();
    expect(told()).toEqual(["OK", "ALARM", "OK"]);
  });

  it("set anew keeps its state", () => {
    const { clock, alarm, state } = setUp();
    alarm();
    clock.advance(minuteMs);
    alarm({ Threshold: 7 });
    expect(state()).toBe("OK");
  });

  it("notes who was told and who was not, and tells of trouble", async () => {
    const { clock, cloudwatch, alarm, problems } = setUp({ refuse: (arn) => arn === functionArn });
    alarm({ OKActions: [topicArn, functionArn] });
    clock.advance(minuteMs);
    await cloudwatch.settled();
    expect(problems).toEqual([functionArn]);
    expect(
      cloudwatch
        .history("backlog")
        .map((event) => (event.kind === "action" ? [event.action, event.error] : event.to.state)),
    ).toEqual(["OK", [topicArn, undefined], [functionArn, "refused"]]);
  });

  it("may be deleted by who is told of another, and tells others though one listener fails", async () => {
    const { clock, cloudwatch, alarm, told, problems } = setUp();
    alarm({ AlarmName: "a" });
    alarm({ AlarmName: "b" });
    cloudwatch.onTransition(() => {
      cloudwatch.alarms.delete(["a", "b"]);
      throw new Error("a listener's own");
    });
    const end = cloudwatch.onTransition(() => void problems.push("told"));
    clock.advance(minuteMs);
    end();
    await cloudwatch.settled();
    expect(problems).toEqual(["arn:aws:cloudwatch:us-east-1:000000000000:alarm:a", "told"]);
    expect(told()).toEqual(["OK"]);
    expect(cloudwatch.alarms.list()).toEqual([]);
  });

  it("is forgotten with the service's end, its timers with it", async () => {
    const { clock, cloudwatch, alarm, state } = setUp();
    alarm();
    await cloudwatch.stop?.();
    clock.advance(10 * minuteMs);
    expect(state()).toBe("INSUFFICIENT_DATA");
  });
});

describe("a high-resolution alarm", () => {
  it("is looked at every ten seconds", () => {
    const { clock, alarm, state } = setUp();
    alarm({ Period: 10, TreatMissingData: "breaching" });
    clock.advance(9_999);
    expect(state()).toBe("INSUFFICIENT_DATA");
    clock.advance(1);
    expect(state()).toBe("ALARM");
  });
});
