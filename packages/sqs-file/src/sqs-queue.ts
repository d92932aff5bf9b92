import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { MessageQueue } from "./reception.ts";
import type { Settings } from "./settings.ts";

/** The queue and its DLQ, over the SDK. */
export function sqsQueue(
  client: Pick<SQSClient, "send">,
  { queueUrl, deadLetterUrl }: Pick<Settings, "queueUrl" | "deadLetterUrl">,
): MessageQueue {
  return {
    async hide({ receiptHandle }, seconds) {
      await client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: seconds,
        }),
      );
    },
    async bury({ body, messageId, receiptHandle }, { code, message }) {
      const attributes = { reasonCode: code, reason: printable(message), messageId };
      await client.send(
        new SendMessageCommand({
          QueueUrl: deadLetterUrl,
          MessageBody: body,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
          ),
        }),
      );
      // At once, and not when the invocation ends: a crash in between would bury it again. Lambda deletes it in any case.
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle })).catch(() => {});
    },
  };
}

/** SQS takes only what XML can hold: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
function printable(text: string): string {
  return text
    .slice(0, 1_000)
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?");
}
