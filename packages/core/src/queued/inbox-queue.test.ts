import type { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { inboxQueue } from "./inbox-queue.ts";

const message = { messageId: "m1", receiptHandle: "r1", body: "hello", attributes: { ApproximateReceiveCount: "1" } };

/** The queue over a client that fails what is named. */
function queueOf(...failing: readonly string[]) {
  const sent: [command: string, input: Readonly<Record<string, unknown>>][] = [];
  const send = async (command: { readonly input: Record<string, unknown> }) => {
    sent.push([command.constructor.name, command.input]);
    if (failing.includes(command.constructor.name)) throw new Error("no");
    return {};
  };
  const client = { send: send as unknown as SQSClient["send"] };
  return { sent, queue: inboxQueue(client, { queueUrl: "q", deadLetterUrl: "d" }) };
}

describe("hiding a message", () => {
  it("is counted from now, by the receipt", async () => {
    const { sent, queue } = queueOf();
    await queue.hide(message, 60);
    expect(sent).toEqual([
      ["ChangeMessageVisibilityCommand", { QueueUrl: "q", ReceiptHandle: "r1", VisibilityTimeout: 60 }],
    ]);
  });
});

describe("dead-lettering a message", () => {
  it("puts it into the DLQ as it is, with the reason, and then deletes it", async () => {
    const { sent, queue } = queueOf();
    await queue.deadLetter(message, { code: "C", message: "why" });
    expect(sent).toEqual([
      [
        "SendMessageCommand",
        {
          QueueUrl: "d",
          MessageBody: "hello",
          MessageAttributes: {
            reasonCode: { DataType: "String", StringValue: "C" },
            reason: { DataType: "String", StringValue: "why" },
            messageId: { DataType: "String", StringValue: "m1" },
          },
        },
      ],
      ["DeleteMessageCommand", { QueueUrl: "q", ReceiptHandle: "r1" }],
    ]);
  });

  it("deletes nothing that could not be put there", async () => {
    const { sent, queue } = queueOf("SendMessageCommand");
    await expect(queue.deadLetter(message, { code: "C", message: "why" })).rejects.toThrow("no");
    expect(sent.map(([name]) => name)).toEqual(["SendMessageCommand"]);
  });

  it("leaves it to Lambda to delete what could not be deleted here", async () => {
    const { queue } = queueOf("DeleteMessageCommand");
    await queue.deadLetter(message, { code: "C", message: "why" });
  });

  it("gives any reason in characters that SQS takes, and not more of it than an attribute should hold", async () => {
    const { sent, queue } = queueOf();
    await queue.deadLetter(message, { code: "C", message: `a\u0000b\uFFFEc\uD800d🚀\n${"x".repeat(5_000)}` });
    const attributes = sent[0]?.[1].MessageAttributes as Record<string, { StringValue: string }>;
    expect(attributes.reason?.StringValue).toMatch(/^a\?b\?c\uFFFDd🚀\nx+$/);
    expect(attributes.reason?.StringValue).toHaveLength(1_000);
  });
});
