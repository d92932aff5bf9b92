import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { MessageQueue, QueueMessage } from "./message-queue.ts";

/** Messages that could not be kept hidden; they may come again while they are worked on. */
class HideError extends Error {
  readonly code = "HIDE";

  constructor(failed: number, asked: number, { Code = "", Message = "" }: BatchResultErrorEntry) {
    super(`SQS did not keep ${failed} of ${asked} messages hidden: ${Code} ${Message.slice(0, 200)}`);
    this.name = "HideError";
  }
}

/** A {@link MessageQueue} of SQS. At most ten messages at a time, as SQS takes them. */
export function sqsMessageQueue(client: SQSClient, QueueUrl: string): MessageQueue {
  return {
    async receive({ maxMessages, waitSeconds, visibilitySeconds, signal }) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        MessageAttributeNames: ["All"],
      });
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages.map(messageOf);
    },
    async remove(messages) {
      const Entries = messages.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
      const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      return Failed.length;
    },
    async hide(messages, VisibilityTimeout) {
      const Entries = messages.map(({ receiptHandle }, at) => ({
        Id: String(at),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout,
      }));
      const { Failed = [] } = await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
      const [first] = Failed;
      // The call itself succeeds.
      if (first) throw new HideError(Failed.length, messages.length, first);
    },
  };
}

function messageOf({
  MessageId = "",
  Body = "",
  ReceiptHandle = "",
  Attributes,
  MessageAttributes = {},
}: Message): QueueMessage {
  return {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
        StringValue === undefined ? [] : [[name, StringValue]],
      ),
    ),
  };
}
