import { allServed, type Inputs, list, map, served, structure } from "../../gateway/inputs.ts";
import type { ServedOperation } from "../../gateway/json-protocol.ts";
import * as move from "./move-operations.ts";
import type { SqsOperation } from "./operation.ts";
import * as permission from "./permission-operations.ts";
import * as queue from "./queue-operations.ts";
import * as receive from "./receive-operations.ts";
import * as send from "./send-operations.ts";

const attributes = map(structure(allServed("DataType", "StringValue", "BinaryValue")));
const message: Inputs = {
  ...allServed("MessageBody", "DelaySeconds", "MessageGroupId"),
  MessageDeduplicationId: served, // Refused, as SQS refuses it for standard queues.
  MessageAttributes: attributes,
  MessageSystemAttributes: attributes,
};
const entries = (fields: Inputs): Inputs => ({
  QueueUrl: served,
  Entries: list(structure({ Id: served, ...fields })),
});
const receipt = allServed("ReceiptHandle");
const visibility = allServed("ReceiptHandle", "VisibilityTimeout");

/** The one list of what the embedded SQS takes: every operation, by the name that follows `AmazonSQS.` in `X-Amz-Target`. */
export const sqsOperations: Readonly<Record<string, ServedOperation<SqsOperation>>> = {
  CreateQueue: { run: queue.createQueue, inputs: allServed("QueueName", "Attributes", "tags") },
  GetQueueUrl: { run: queue.getQueueUrl, inputs: allServed("QueueName", "QueueOwnerAWSAccountId") },
  ListQueues: { run: queue.listQueues, inputs: allServed("QueueNamePrefix", "NextToken", "MaxResults") },
  ListDeadLetterSourceQueues: {
    run: queue.listDeadLetterSourceQueues,
    inputs: allServed("QueueUrl", "NextToken", "MaxResults"),
  },
  DeleteQueue: { run: queue.deleteQueue, inputs: allServed("QueueUrl") },
  PurgeQueue: { run: queue.purgeQueue, inputs: allServed("QueueUrl") },
  SetQueueAttributes: { run: queue.setQueueAttributes, inputs: allServed("QueueUrl", "Attributes") },
  GetQueueAttributes: { run: queue.getQueueAttributes, inputs: allServed("QueueUrl", "AttributeNames") },
  AddPermission: {
    run: permission.addPermission,
    inputs: allServed("QueueUrl", "Label", "AWSAccountIds", "Actions"),
  },
  RemovePermission: { run: permission.removePermission, inputs: allServed("QueueUrl", "Label") },
  TagQueue: { run: queue.tagQueue, inputs: allServed("QueueUrl", "Tags") },
  UntagQueue: { run: queue.untagQueue, inputs: allServed("QueueUrl", "TagKeys") },
  ListQueueTags: { run: queue.listQueueTags, inputs: allServed("QueueUrl") },
  SendMessage: { run: send.sendMessage, inputs: { QueueUrl: served, ...message } },
  SendMessageBatch: { run: send.sendMessageBatch, inputs: entries(message) },
  ReceiveMessage: {
    run: receive.receiveMessage,
    inputs: allServed(
      ...(["QueueUrl", "AttributeNames", "MessageSystemAttributeNames", "MessageAttributeNames"] as const),
      ...(["MaxNumberOfMessages", "VisibilityTimeout", "WaitTimeSeconds"] as const),
    ),
  },
  DeleteMessage: { run: receive.deleteMessage, inputs: { QueueUrl: served, ...receipt } },
  DeleteMessageBatch: { run: receive.deleteMessageBatch, inputs: entries(receipt) },
  ChangeMessageVisibility: { run: receive.changeMessageVisibility, inputs: { QueueUrl: served, ...visibility } },
  ChangeMessageVisibilityBatch: { run: receive.changeMessageVisibilityBatch, inputs: entries(visibility) },
  StartMessageMoveTask: {
    run: move.startMessageMoveTask,
    // Not MaxNumberOfMessagesPerSecond: a move is over when its call is answered.
    inputs: allServed("SourceArn", "DestinationArn"),
  },
  ListMessageMoveTasks: { run: move.listMessageMoveTasks, inputs: allServed("SourceArn", "MaxResults") },
  CancelMessageMoveTask: { run: move.cancelMessageMoveTask, inputs: allServed("TaskHandle") },
};
