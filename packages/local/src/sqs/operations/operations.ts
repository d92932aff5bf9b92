import * as move from "./move-operations.ts";
import type { Operation } from "./operation.ts";
import * as queue from "./queue-operations.ts";
import * as receive from "./receive-operations.ts";
import * as send from "./send-operations.ts";

/** Every operation served, by the name that follows `AmazonSQS.` in `X-Amz-Target`. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ["CreateQueue", queue.createQueue],
  ["GetQueueUrl", queue.getQueueUrl],
  ["ListQueues", queue.listQueues],
  ["ListDeadLetterSourceQueues", queue.listDeadLetterSourceQueues],
  ["DeleteQueue", queue.deleteQueue],
  ["PurgeQueue", queue.purgeQueue],
  ["SetQueueAttributes", queue.setQueueAttributes],
  ["GetQueueAttributes", queue.getQueueAttributes],
  ["TagQueue", queue.tagQueue],
  ["UntagQueue", queue.untagQueue],
  ["ListQueueTags", queue.listQueueTags],
  ["SendMessage", send.sendMessage],
  ["SendMessageBatch", send.sendMessageBatch],
  ["ReceiveMessage", receive.receiveMessage],
  ["DeleteMessage", receive.deleteMessage],
  ["DeleteMessageBatch", receive.deleteMessageBatch],
  ["ChangeMessageVisibility", receive.changeMessageVisibility],
  ["ChangeMessageVisibilityBatch", receive.changeMessageVisibilityBatch],
  ["StartMessageMoveTask", move.startMessageMoveTask],
  ["ListMessageMoveTasks", move.listMessageMoveTasks],
  ["CancelMessageMoveTask", move.cancelMessageMoveTask],
]);
