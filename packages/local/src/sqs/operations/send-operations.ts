import { batchEntries, runBatch } from "../batch.ts";
import { messageBytes, type OutgoingMessage, type QueuedMessage } from "../message.ts";
import { md5OfAttributes, parseMessageAttributes } from "../message-attributes.ts";
import { maxMessageBytes } from "../message-body.ts";
import { boundedInteger, type Fields, sqsFields } from "../request-fields.ts";
import { SqsError, sqsErrors } from "../sqs-error.ts";
import { authorizedQueue, type SqsContext, type SqsOperation } from "./operation.ts";

/** `SendMessage`: puts one message into a queue. */
export const sendMessage: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:SendMessage");
  return sent(context.queues.send(queue, outgoing(context, input)), input);
};

/** `SendMessageBatch`: puts up to ten messages of together 1 MiB into a queue. */
export const sendMessageBatch: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:SendMessage");
  const entries = batchEntries(input);
  let bytes = 0;
  for (const entry of entries) {
    const body = sqsFields.optionalText(entry, "MessageBody") ?? "";
    bytes += messageBytes({ body, attributes: parseMessageAttributes(entry.MessageAttributes) });
  }
  if (bytes > maxMessageBytes) {
    throw new SqsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
      "AWS.SimpleQueueService.BatchRequestTooLong",
    );
  }
  return {
    ...runBatch(entries, (entry) => sent(context.queues.send(queue, outgoing(context, entry), "entry"), entry)),
  };
};

function outgoing(context: SqsContext, input: Fields): OutgoingMessage {
  const groupId = sqsFields.optionalText(input, "MessageGroupId");
  if (groupId !== undefined && !/^[\x21-\x7e]{1,128}$/.test(groupId)) {
    throw sqsErrors.invalidParameterValue(
      `Value ${groupId.slice(0, 129)} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
    );
  }
  const deduplicationId = sqsFields.optionalText(input, "MessageDeduplicationId");
  if (deduplicationId !== undefined) {
    throw sqsErrors.invalidParameterValue(
      `Value ${deduplicationId.slice(0, 100)} for parameter MessageDeduplicationId is invalid. Reason: The request include parameter that is not valid for this queue type.`,
    );
  }
  const delaySeconds = boundedInteger(input, "DelaySeconds", 0, 900);
  const traceHeader = systemTraceHeader(input) ?? context.traceHeader;
  return {
    body: sqsFields.optionalText(input, "MessageBody") ?? "",
    attributes: parseMessageAttributes(input.MessageAttributes),
    senderId: context.senderId,
    ...(traceHeader !== undefined && { traceHeader }),
    ...(groupId !== undefined && { groupId }),
    ...(delaySeconds !== undefined && { delaySeconds }),
  };
}

/** `AWSTraceHeader` is the one system attribute a sender may set; the SDK's own `X-Amzn-Trace-Id` header is its default. */
function systemTraceHeader(input: Fields): string | undefined {
  const attributes = parseMessageAttributes(input.MessageSystemAttributes, "MessageSystemAttributes");
  const names = Object.keys(attributes).filter((name) => name !== "AWSTraceHeader");
  if (names.length > 0) {
    throw sqsErrors.invalidParameterValue(`The message system attribute ${names[0]} is not one that can be sent.`);
  }
  return attributes.AWSTraceHeader?.StringValue;
}

function sent(message: QueuedMessage, input: Fields): Record<string, unknown> {
  const system = parseMessageAttributes(input.MessageSystemAttributes, "MessageSystemAttributes");
  return {
    MessageId: message.id,
    MD5OfMessageBody: message.bodyMd5,
    ...(message.attributesMd5 !== undefined && { MD5OfMessageAttributes: message.attributesMd5 }),
    ...(Object.keys(system).length > 0 && { MD5OfMessageSystemAttributes: md5OfAttributes(system) }),
  };
}
