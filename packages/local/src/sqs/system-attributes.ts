import type { QueuedMessage } from "./message.ts";

/** Names of system attributes that a receiver can ask for; those of FIFO queues are never set here. */
export const systemAttributeNames: ReadonlySet<string> = new Set([
  ...["All", "SenderId", "SentTimestamp", "ApproximateReceiveCount", "ApproximateFirstReceiveTimestamp"],
  ...["SequenceNumber", "MessageDeduplicationId", "MessageGroupId", "AWSTraceHeader", "DeadLetterQueueSourceArn"],
]);

/** The system attributes of a received message. */
export function systemAttributes(message: QueuedMessage): Record<string, string | undefined> {
  return {
    SenderId: message.senderId,
    SentTimestamp: String(message.sentAtMs),
    ApproximateReceiveCount: String(message.receiveCount),
    ApproximateFirstReceiveTimestamp: String(message.firstReceivedAtMs ?? message.receivedAtMs),
    AWSTraceHeader: message.traceHeader,
    MessageGroupId: message.groupId,
    DeadLetterQueueSourceArn: message.deadLetterSourceArn,
  };
}
