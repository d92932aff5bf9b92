import type { QueuedMessage } from "../sqs/message.ts";
import type { MessageAttributes } from "../sqs/message-attributes.ts";
import { receiptHandle } from "../sqs/receipt-handle.ts";
import { systemAttributes } from "../sqs/system-attributes.ts";

/** One of the `Records` of an SQS event, as functions receive it. */
export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly messageAttributes: Readonly<Record<string, object>>;
  readonly md5OfBody: string;
  readonly md5OfMessageAttributes?: string;
  readonly eventSource: "aws:sqs";
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

/**
 * A received message as a function sees it.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function sqsRecord(message: QueuedMessage, queueArn: string): SqsRecord {
  return {
    messageId: message.id,
    receiptHandle: receiptHandle(queueArn, { messageId: message.id, receiveCount: message.receiveCount }),
    body: message.body,
    attributes: systemAttributes(message),
    messageAttributes: attributesOf(message.attributes),
    md5OfBody: message.bodyMd5,
    ...(message.attributesMd5 !== undefined && { md5OfMessageAttributes: message.attributesMd5 }),
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(":")[3] ?? "",
  };
}

function attributesOf(attributes: MessageAttributes): Record<string, object> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  );
}

/** The payload of an invocation, from records that are JSON text already. */
export function sqsEventOf(records: readonly string[]): string {
  return `{"Records":[${records.join(",")}]}`;
}
