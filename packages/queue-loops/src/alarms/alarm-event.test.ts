import { describe, expect, it } from "vitest";
import { directEvent, publishedEvent } from "../../test/alarm-events.ts";
import { memoryTokenTable } from "../../test/memory-token-table.ts";
import { alarmsOf } from "./alarm-event.ts";
import { queueOfAlarm } from "./queue-of-alarm.ts";
import { placeOf, scaleByAlarms } from "./scale-by-alarms.ts";
import { scalingOf } from "./scaling-of-alarm.ts";

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

describe("[S4.7] the queue is worked out from the alarm", () => {
  it("that came through SNS", () => {
    expect(alarmsOf(publishedEvent())).toEqual([expected]);
  });
  it("that came through SNS, over a metric expression", () => {
    const Trigger = {
      Metrics: [{ Id: "e" }, { MetricStat: { Metric: { Dimensions: [{ name: "QueueName", value: "orders" }] } } }],
    };
    expect(alarmsOf(publishedEvent({ Trigger }))).toEqual([expected]);
  });
  it("that CloudWatch sent to the function itself", () => {
    expect(alarmsOf(directEvent())).toEqual([expected]);
  });
  it("each of an event's", () => {
    const two = { Records: [...publishedEvent().Records, ...publishedEvent({ NewStateValue: "OK" }).Records] };
    expect(alarmsOf(two).map(({ newState }) => newState)).toEqual(["ALARM", "OK"]);
  });

  it.each<[string, unknown, string]>([
    ["nothing", null, "The event is neither"],
    ["something else", { source: "aws.s3" }, "The event is neither"],
    ["text that is not JSON", { Records: [{ Sns: { Message: "hello" } }] }, "Records[0].Sns.Message is not JSON"],
    ["no text", { Records: [{}] }, "Records[0].Sns.Message must be text"],
    [
      "no alarm's ARN",
      publishedEvent({ AlarmArn: "arn:aws:sns:eu-central-1:123456789012:x" }),
      "Message.AlarmArn must be",
    ],
    ["an unknown state", publishedEvent({ NewStateValue: "FINE" }), "NewStateValue must be OK, ALARM"],
    ["no time", publishedEvent({ StateChangeTime: "soon" }), "StateChangeTime must be a time"],
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
    expect(() => alarmsOf(event)).toThrow(
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
    const parts = { table, startLoop: async () => true, now: () => 0, newId: () => `${++ids}` };
    const scale = (direction: "up" | "down", change: object) =>
      scaleByAlarms(publishedEvent(change), direction, here, queues, parts);
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

  it("in the account and region of the function that is asked", () => {
    expect(placeOf("arn:aws:lambda:eu-central-1:123456789012:function:up:live")).toEqual(here);
  });
});
