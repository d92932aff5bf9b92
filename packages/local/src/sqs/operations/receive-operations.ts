import { batchEntries, runBatch } from "../batch.ts";
import type { QueuedMessage } from "../message.ts";
import { md5OfAttributes } from "../message-attributes.ts";
import { maxVisibilitySeconds } from "../message-queue.ts";
import type { Queue } from "../queues.ts";
import { parseReceiptHandle, receiptHandle } from "../receipt-handle.ts";
import { boundedInteger, type Fields, sqsFields } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";
import { systemAttributeNames, systemAttributes } from "../system-attributes.ts";
import { authorizedQueue, type SqsContext, type SqsOperation } from "./operation.ts";
import { attributeNames as queueAttributeNames } from "./queue-operations.ts";

/** `ReceiveMessage`: up to ten messages; waits for the first as long as asked to. */
export const receiveMessage: SqsOperation = async (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:ReceiveMessage");
  const visibilityTimeoutSeconds = boundedInteger(input, "VisibilityTimeout", 0, maxVisibilitySeconds);
  const waitSeconds = boundedInteger(input, "WaitTimeSeconds", 0, 20) ?? queue.messages.settings.receiveWaitSeconds;
  const olderNames = sqsFields.textList(input, "AttributeNames");
  const newerNames = sqsFields.textList(input, "MessageSystemAttributeNames");
  // The older parameter decides where both are given.
  const systemNames = olderNames.length > 0 ? olderNames : newerNames;
  const unknown = [...olderNames, ...newerNames].find(
    (name) => !systemAttributeNames.has(name) && !queueAttributeNames.has(name),
  );
  if (unknown !== undefined) throw sqsErrors.invalidAttributeName(unknown.slice(0, 100));
  const attributeNames = sqsFields.textList(input, "MessageAttributeNames");
  const messages = await context.queues.receive(queue, {
    maxMessages: boundedInteger(input, "MaxNumberOfMessages", 1, 10, "between 1 and 10") ?? 1,
    waitMs: waitSeconds * 1000,
    ...(waitSeconds > 0 && { signal: context.whenGone() }),
    ...(visibilityTimeoutSeconds !== undefined && { visibilityTimeoutSeconds }),
  });
  if (messages.length === 0) return {};
  return { Messages: messages.map((message) => received(queue, message, systemNames, attributeNames)) };
};

/** `DeleteMessage`: removes a received message. */
export const deleteMessage: SqsOperation = (context, input) => {
  remove(context, authorizedQueue(context, input, "sqs:DeleteMessage"), input);
  return {};
};

/** `DeleteMessageBatch`: removes up to ten received messages. */
export const deleteMessageBatch: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:DeleteMessage");
  return { ...runBatch(batchEntries(input), (entry) => remove(context, queue, entry)) };
};

/** `ChangeMessageVisibility`: hides a received message for longer, or gives it back. */
export const changeMessageVisibility: SqsOperation = (context, input) => {
  changeVisibility(context, authorizedQueue(context, input, "sqs:ChangeMessageVisibility"), input);
  return {};
};

/** `ChangeMessageVisibilityBatch`: changes the visibility of up to ten received messages. */
export const changeMessageVisibilityBatch: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:ChangeMessageVisibility");
  return { ...runBatch(batchEntries(input), (entry) => changeVisibility(context, queue, entry)) };
};

function remove(context: SqsContext, queue: Queue, input: Fields): Record<string, unknown> {
  queue.messages.delete(context.nowMs, parseReceiptHandle(queue.arn, sqsFields.text(input, "ReceiptHandle")));
  return {};
}

function changeVisibility(context: SqsContext, queue: Queue, input: Fields): Record<string, unknown> {
  const handle = sqsFields.text(input, "ReceiptHandle");
  const seconds = boundedInteger(input, "VisibilityTimeout", 0, maxVisibilitySeconds);
  if (seconds === undefined) throw sqsErrors.missingParameter("VisibilityTimeout");
  queue.messages.changeVisibility(context.nowMs, parseReceiptHandle(queue.arn, handle), seconds, handle);
  queue.receivers.wake();
  return {};
}

function received(
  queue: Queue,
  message: QueuedMessage,
  systemNames: readonly string[],
  attributeNames: readonly string[],
) {
  const system = systemNames.length === 0 ? [] : wantedSystemAttributes(message, systemNames);
  const attributes = attributeNames.length === 0 ? {} : wantedAttributes(message, attributeNames);
  const hasAttributes = Object.keys(attributes).length > 0;
  return {
    MessageId: message.id,
    ReceiptHandle: receiptHandle(queue.arn, { messageId: message.id, receiveCount: message.receiveCount }),
    MD5OfBody: message.bodyMd5,
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(hasAttributes && { MessageAttributes: attributes, MD5OfMessageAttributes: md5OfAttributes(attributes) }),
  };
}

function wantedSystemAttributes(message: QueuedMessage, names: readonly string[]) {
  return Object.entries(systemAttributes(message)).filter(
    ([name, value]) => value !== undefined && (names.includes("All") || names.includes(name)),
  );
}

function wantedAttributes({ attributes }: QueuedMessage, names: readonly string[]) {
  return Object.fromEntries(
    Object.entries(attributes).filter(([name]) => names.some((wanted) => isWanted(wanted, name))),
  );
}

/** `All`, `*`, `.*`, a name, or a prefix followed by `.*`. */
function isWanted(wanted: string, name: string): boolean {
  const isAll = wanted === "All" || wanted === "*";
  return isAll || wanted === name || (wanted.endsWith(".*") && name.startsWith(wanted.slice(0, -2)));
}
