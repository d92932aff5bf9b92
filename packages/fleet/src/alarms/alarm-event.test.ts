import { describe, expect, it } from "vitest";
import { bridgedEvent, directEvent, publishedEvent } from "../../test/alarm-events.ts";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import { alarmsOf } from "./alarm-event.ts";
import { placeOf, queueOfAlarm, scaleByAlarms, scalingOf } from "./scale-by-alarms.ts";

const here = { region: "eu-central-1", accountId: "123456789012" };
const queues = ["orders", "mails"].map((name) => ({
  queueUrl: `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`,
  minLoops: 1,
  maxLoops: 4,
  growBy: 1,
  cooldownMs: 0,
}));
const expected = {
  alarmArn: "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:orders-100",
  oldState: "OK",
  newState: "ALARM",
  changedAt: "2026-11-21T10:00:00.000Z",
  region: "eu-central-1",
  accountId: "123456789012",
  queueName: "orders",
};

const read = (event: unknown) => alarmsOf(event).map((record) => record.read());

describe("[S4.7] the queue is worked out from the alarm", () => {
  it("that came through SNS", () => {
    expect(read(publishedEvent())).toEqual([expected]);
  });
  it("that came through SNS, over a metric expression", () => {
    const Trigger = {
      Metrics: [{ Id: "e" }, { MetricStat: { Metric: { Dimensions: [{ name: "QueueName", value: "orders" }] } } }],
    };
    expect(read(publishedEvent({ Trigger }))).toEqual([expected]);
  });
  it("that CloudWatch sent to the function itself", () => {
    expect(read(directEvent())).toEqual([expected]);
  });
  it("that came through EventBridge", () => {
    expect(read(bridgedEvent())).toEqual([expected]);
  });
  it("that an EventBridge rule sent to a topic", () => {
    const record = { EventSource: "aws:sns", Sns: { Message: JSON.stringify(bridgedEvent()) } };
    expect(read({ Records: [record] })).toEqual([expected]);
  });
  it("each of an event's", () => {
    const two = { Records: [...publishedEvent().Records, ...publishedEvent({ NewStateValue: "OK" }).Records] };
    expect(read(two).map(({ newState }) => newState)).toEqual(["ALARM", "OK"]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, "The event is not the change of a CloudWatch alarm"],
    ["something else", { source: "aws.s3" }, "The event is not the change of a CloudWatch alarm"],
    [
      "another event of CloudWatch",
      bridgedEvent({ "detail-type": "CloudWatch Alarm Configuration Change" }),
      'detail-type cannot be read. Invalid type: Expected "CloudWatch Alarm State Change" but received "CloudWatch Alarm Configuration Change"',
    ],
    ["an alarm of EventBridge without its ARN", bridgedEvent({ resources: [] }), "resources[0] cannot be read"],
    [
      "a record of another service",
      { Records: [{ eventSource: "aws:s3", s3: {} }] },
      'Records[0].eventSource cannot be read. Invalid type: Expected "aws:sns" but received "aws:s3"',
    ],
    [
      "text that is not JSON",
      { Records: [{ Sns: { Message: "hello" } }] },
      "Records[0].Sns.Message cannot be read. Invalid JSON",
    ],
    ["no text", { Records: [{}] }, 'Records[0].Sns cannot be read. Invalid key: Expected "Sns"'],
    [
      "no alarm's ARN",
      publishedEvent({ AlarmArn: "arn:aws:sns:eu-central-1:123456789012:x" }),
      "Message.AlarmArn cannot be read",
    ],
    [
      "an unknown state",
      publishedEvent({ NewStateValue: "FINE" }),
      'NewStateValue cannot be read. Invalid type: Expected ("OK" | "ALARM"',
    ],
    [
      "no time",
      publishedEvent({ StateChangeTime: "soon" }),
      "StateChangeTime cannot be read. Invalid type: Expected Date",
    ],
    ["no queue", publishedEvent({ Trigger: { Dimensions: [] } }), "Trigger must name one queue"],
    [
      "two queues",
      publishedEvent({
        Trigger: {
          Metrics: ["a", "b"].map((value) => ({
            MetricStat: { Metric: { Dimensions: [{ name: "QueueName", value }] } },
          })),
        },
      }),
      "it names 2",
    ],
  ])("not from %s", (_, event, message) => {
    expect(() => read(event)).toThrow(
      expect.objectContaining({ code: "ALARM_EVENT", message: expect.stringContaining(message) }),
    );
  });
});

describe("[S4.7] [S4.8] of several queues it is the alarm's", () => {
  it("found by its name", () => {
    expect(queueOfAlarm({ ...expected, oldState: "OK", newState: "ALARM" }, here, queues)).toBe(queues[0]);
  });
  it.each([
    ["another account's", { accountId: "999999999999" }, "another account or region"],
    ["another region's", { region: "us-east-1" }, "another account or region"],
    ["not set", { queueName: "bills" }, "which the settings do not name"],
    ["only the end of a name", { queueName: "ders" }, "which the settings do not name"],
  ])("refused if it is %s", (_, change, message) => {
    const alarm = { ...expected, oldState: "OK" as const, newState: "ALARM" as const, ...change };
    expect(() => queueOfAlarm(alarm, here, queues)).toThrow(message);
  });
});

describe("[S4.6] what the change of an alarm asks for", () => {
  it.each([
    ["OK", "ALARM", "up"],
    ["INSUFFICIENT_DATA", "ALARM", "up"],
    ["ALARM", "OK", "down"],
    ["INSUFFICIENT_DATA", "OK", undefined],
    ["ALARM", "INSUFFICIENT_DATA", undefined],
    ["OK", "INSUFFICIENT_DATA", undefined],
    ["OK", "OK", undefined],
    ["ALARM", "ALARM", undefined],
  ] as const)("%s -> %s: %s", (oldState, newState, scaling) => {
    expect(scalingOf({ oldState, newState })).toBe(scaling);
  });

  it("and a function does only what it is for", async () => {
    const table = memoryTokenTable();
    let ids = 0;
    const parts = {
      table,
      starter: { target: "loops", start: async () => true },
      now: () => 0,
      newId: () => `${++ids}`,
    };
    const scale = (direction: "up" | "down", change: object) =>
      scaleByAlarms(publishedEvent(change), direction, { here, queues, parts });
    const url = queues[0]?.queueUrl ?? "";
    await scale("up", {});
    expect(table.running(url)).toHaveLength(2);
    const over = { OldStateValue: "ALARM", NewStateValue: "OK", StateChangeTime: "2026-11-21T10:05:00.000+0000" };
    expect(await scale("up", over)).toMatchObject([{ ignored: "ALARM -> OK" }]);
    expect(await scale("down", { ...over, OldStateValue: "INSUFFICIENT_DATA" })).toMatchObject([
      { ignored: "INSUFFICIENT_DATA -> OK" },
    ]);
    expect(table.running(url)).toHaveLength(2);
    expect(await scale("down", over)).toMatchObject([{ removed: 1, desired: 1 }]);
  });

  it("whatever else its event holds: each record has its own fate, and what could not be done is an error", async () => {
    const table = memoryTokenTable();
    let ids = 0;
    const parts = {
      table,
      starter: { target: "loops", start: async () => true },
      now: () => 0,
      newId: () => `${++ids}`,
    };
    const refused: string[] = [];
    const scaling = { here, queues, parts, onRefused: (_: unknown, path: string) => void refused.push(path) };
    const odd = { EventSource: "aws:sns", Sns: { Message: "hello" } };
    const strange = publishedEvent({ Trigger: { Dimensions: [{ name: "QueueName", value: "bills" }] } }).Records;
    const event = { Records: [odd, ...publishedEvent().Records, ...strange, null] };
    await expect(scaleByAlarms(event, "up", scaling)).rejects.toThrow(
      /Records\[0\]\.Sns\.Message cannot be read\. Invalid JSON.*the queue bills, which.*Records\[3\] cannot be read/,
    );
    expect(refused).toEqual(["Records[0]", "Records[2]", "Records[3]"]);
    expect(table.running(queues[0]?.queueUrl ?? "")).toHaveLength(2);
    // Lambda tries it again: what was done is done once.
    await expect(scaleByAlarms(event, "up", scaling)).rejects.toThrow();
    expect(table.running(queues[0]?.queueUrl ?? "")).toHaveLength(2);
  });

  it("in the account and region of the function that is asked", () => {
    expect(placeOf("arn:aws:lambda:eu-central-1:123456789012:function:up:live")).toEqual(here);
  });
});
