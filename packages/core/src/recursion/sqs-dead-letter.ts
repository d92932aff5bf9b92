import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { call } from "../calls/call.ts";
import { sdkSettings } from "../calls/sdk-settings.ts";
import type { SqsHandlerOptions } from "./sqs-handler.ts";

/** Options of {@link sqsDeadLetter}. */
export interface SqsDeadLetterOptions {
  /** The dead-letter queue. */
  readonly queueUrl: string;
  /** A client of your own. Default: one per function, made from the environment. */
  readonly client?: SQSClient;
}

/**
 * Puts messages into a dead-letter queue: the body as it was, with the attributes `reasonCode`, `reason` and `messageId`.
 * For {@link sqsHandler}. The role needs `sqs:SendMessage` on the queue.
 */
export function sqsDeadLetter(options: SqsDeadLetterOptions): NonNullable<SqsHandlerOptions["deadLetter"]> {
  const { queueUrl, client = new SQSClient(sdkSettings()) } = options;
  return async ({ messageId, body }, { code, message }) => {
    const attributes = { reasonCode: printable(code), reason: printable(message), messageId };
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, text]) => [name, { DataType: "String", StringValue: text }]),
      ),
    });
    await call((abortSignal) => client.send(command, { abortSignal }), { name: "SQS SendMessage", kind: "control" });
  };
}

/** An attribute's value, which SQS takes only if it is neither empty nor holds what XML cannot. */
export function printable(text: string): string {
  const carried = text.slice(0, 1_000).toWellFormed();
  return carried.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "?") || "?";
}
