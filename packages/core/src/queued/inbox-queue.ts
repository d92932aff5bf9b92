import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { call } from "../calls/call.ts";
import type { CallTuning } from "../calls/retries.ts";
import { printable } from "../recursion/sqs-dead-letter.ts";
import type { InboxQueue } from "./inbox.ts";

/** Where messages come from, and where those go that fail permanently. */
export interface QueueUrls {
  readonly queueUrl: string;
  readonly deadLetterUrl: string;
}

/** The queue and its dead-letter queue, through the SDK. `calls`: budget and tries. */
export function inboxQueue(
  client: Pick<SQSClient, "send">,
  { queueUrl, deadLetterUrl }: QueueUrls,
  calls: CallTuning = {},
): InboxQueue {
  return {
    async hide({ receiptHandle }, seconds) {
      const command = new ChangeMessageVisibilityCommand({
        QueueUrl: queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      });
      await call((abortSignal) => client.send(command, { abortSignal }), {
        ...calls,
        name: "SQS ChangeMessageVisibility",
        kind: "control",
      });
    },
    async deadLetter({ body, messageId, receiptHandle }, { code, message }) {
      const attributes = { reasonCode: code, reason: printable(message), messageId };
      const send = new SendMessageCommand({
        QueueUrl: deadLetterUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
        ),
      });
      await call((abortSignal) => client.send(send, { abortSignal }), {
        ...calls,
        name: "SQS SendMessage",
        kind: "control",
      });
      // At once, not when the invocation ends: after a crash in between it would be dead-lettered again. Lambda deletes it anyway.
      const remove = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle });
      await call((abortSignal) => client.send(remove, { abortSignal }), {
        ...calls,
        name: "SQS DeleteMessage",
        kind: "control",
      }).catch(() => {});
    },
  };
}
