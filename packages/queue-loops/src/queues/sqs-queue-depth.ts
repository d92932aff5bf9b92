import { GetQueueAttributesCommand, type QueueAttributeName, type SQSClient } from "@aws-sdk/client-sqs";

const NAMES: readonly QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

/** About how many messages a queue holds: waiting, hidden or delayed. */
export async function sqsQueueDepth(client: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...NAMES] }),
  );
  return NAMES.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}
