import { SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { sqsMessageQueue } from "./sqs-message-queue.ts";

const queueUrl = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders";
const messages = ["a", "b"].map((messageId) => ({
  messageId,
  body: "",
  attributes: {},
  receiveCount: 1,
  receiptHandle: `receipt-${messageId}`,
}));

/** A queue whose every call is answered so; what was asked is written down. */
function answeredBy(output: object) {
  const client = new SQSClient({ region: "eu-central-1" });
  const asked: unknown[] = [];
  client.middlewareStack.add(
    () =>
      ({ input }) => {
        asked.push(input);
        return Promise.resolve({ output: { $metadata: {}, ...output }, response: {} });
      },
    { step: "initialize" },
  );
  return { queue: sqsMessageQueue(client, queueUrl), asked };
}

describe("[S4.1] a queue of SQS", () => {
  const poll = { maxMessages: 7, waitSeconds: 20, visibilitySeconds: 60, signal: new AbortController().signal };

  it("is polled as long as told, for messages with what is known of them", async () => {
    const { queue, asked } = answeredBy({
      Messages: [
        {
          MessageId: "a",
          Body: "text",
          ReceiptHandle: "receipt-a",
          Attributes: { ApproximateReceiveCount: "3" },
          MessageAttributes: { kind: { StringValue: "x", DataType: "String" }, blob: { DataType: "Binary" } },
        },
      ],
    });
    expect(await queue.receive(poll)).toEqual([
      { messageId: "a", body: "text", receiptHandle: "receipt-a", receiveCount: 3, attributes: { kind: "x" } },
    ]);
    expect(asked).toMatchObject([
      { QueueUrl: queueUrl, MaxNumberOfMessages: 7, WaitTimeSeconds: 20, VisibilityTimeout: 60 },
    ]);
  });

  it("that is empty answers with nothing", async () => {
    expect(await answeredBy({}).queue.receive(poll)).toEqual([]);
  });

  it("tells how many messages it could not delete", async () => {
    const { queue, asked } = answeredBy({ Failed: [{ Id: "1", Code: "InternalError", SenderFault: false }] });
    expect(await queue.remove(messages)).toBe(1);
    expect(asked).toMatchObject([{ Entries: [{ ReceiptHandle: "receipt-a" }, { ReceiptHandle: "receipt-b" }] }]);
  });

  it("and that it could not keep one hidden, though it answers with success", async () => {
    const { queue, asked } = answeredBy({ Failed: [{ Id: "1", Code: "MessageNotInflight", SenderFault: true }] });
    await expect(queue.hide(messages, 60)).rejects.toThrow(
      expect.objectContaining({ code: "HIDE", message: expect.stringContaining("1 of 2 messages hidden: MessageNot") }),
    );
    expect(asked).toMatchObject([{ Entries: [{ VisibilityTimeout: 60 }, { VisibilityTimeout: 60 }] }]);
    await expect(answeredBy({}).queue.hide(messages, 60)).resolves.toBeUndefined();
  });
});
