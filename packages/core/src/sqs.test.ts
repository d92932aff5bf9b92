import type { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { sqsDeadLetter, sqsDriver } from "./sqs.ts";

/** The body of the message that hands off this event. */
async function bodyOf(event: Record<string, unknown>): Promise<string> {
  const bodies: (string | undefined)[] = [];
  const send = async ({ input }: SendMessageCommand) => void bodies.push(input.MessageBody);
  const driver = sqsDriver({ queueUrl: "q", client: { send } as unknown as SQSClient });
  await driver.send({ run: "r", hop: 1, event, payload: JSON.stringify(event), target: "arn" });
  return bodies.join();
}

/** The characters that SQS carries: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const CARRIED = /^[\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]*$/u;

describe("an event that is handed off through SQS", () => {
  it("is the body of the message, as it is", async () => {
    const event = { state: { next: 7, text: "ü 🚀" } };
    expect(await bodyOf(event)).toBe(JSON.stringify(event));
  });

  it.each(["\u0000", "\u001F", "\uD800", "\uDC00x", "\uFFFE", "\uFFFF", "\uFFFF\uFFFE", "\\\uFFFF", "\u{1FFFF}"])(
    "holds only characters that SQS carries, and arrives as it was: %j",
    async (text) => {
      const body = await bodyOf({ state: text, [text]: 1 });
      expect(body).toMatch(CARRIED);
      expect(JSON.parse(body)).toEqual({ state: text, [text]: 1 });
    },
  );
});

describe("a sleeper that SQS wakes", () => {
  const nowMs = 1_800_000_000_000;
  it.each<[number, number | undefined]>([
    [-5, 0],
    [1, 1],
    [1_500, 2],
    [900_000, 900],
    [900_001, undefined],
  ])(
    "%i ms ahead: delayed by %s seconds, never too few, and left to the sweeper beyond 15 minutes",
    async (ms, seconds) => {
      const delays: (number | undefined)[] = [];
      const send = async ({ input }: SendMessageCommand) => void delays.push(input.DelaySeconds);
      const { sendAt } = sqsDriver({ queueUrl: "q", client: { send } as unknown as SQSClient });
      const message = { run: "r", hop: 1, event: {}, payload: "{}", target: "arn" };
      expect(await sendAt?.(message, nowMs + ms, nowMs)).toBe(seconds !== undefined);
      expect(delays).toEqual(seconds === undefined ? [] : [seconds]);
    },
  );
});

describe("a message that is put into the dead-letter queue", () => {
  it("is as it was, and says why and which", async () => {
    const inputs: unknown[] = [];
    const send = async ({ input }: SendMessageCommand) => void inputs.push(input);
    const bury = sqsDeadLetter({ queueUrl: "dlq", client: { send } as unknown as SQSClient });
    await bury({ messageId: "m-1", body: "{}" }, { code: "NO_ORDER", message: "no\u0000 order" });
    await bury({ messageId: "m-2", body: "{}" }, { code: "", message: "m".repeat(5_000) });
    const attribute = (StringValue: unknown) => ({ DataType: "String", StringValue });
    expect(inputs).toEqual([
      {
        QueueUrl: "dlq",
        MessageBody: "{}",
        MessageAttributes: {
          reasonCode: attribute("NO_ORDER"),
          reason: attribute("no? order"),
          messageId: attribute("m-1"),
        },
      },
      expect.objectContaining({
        MessageAttributes: expect.objectContaining({
          reasonCode: attribute("?"),
          reason: attribute("m".repeat(1_000)),
        }),
      }),
    ]);
  });
});
