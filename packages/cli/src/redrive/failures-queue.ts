import { setTimeout as wait } from "node:timers/promises";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";

/** A queue of events that were not processed. */
export interface FailuresQueue {
  readonly url: string;
  readonly arn: string;
  /** Messages that wait, about. */
  readonly depth: number;
  /** Whether it is the dead-letter queue of other queues. */
  readonly hasSources: boolean;
}

/** Time in which a message is worked on, in seconds: nobody else gets it meanwhile. */
const VISIBILITY_SECONDS = 300;
const LOOK_MS = 500;
/** Errors of a message that is not held any more. */
const NOT_HELD: ReadonlySet<string> = new Set([
  "MessageNotInflight",
  "ReceiptHandleIsInvalid",
  "InvalidParameterValue",
]);

/** Finds a queue by its name, URL or ARN. */
export async function openQueue(sqs: SQSClient, given: string): Promise<FailuresQueue> {
  const url = await urlOf(sqs, given);
  const { Attributes: { QueueArn = "", ApproximateNumberOfMessages = "0" } = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn", "ApproximateNumberOfMessages"] }),
  );
  const { queueUrls = [] } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: url, MaxResults: 1 }));
  return { url, arn: QueueArn, depth: Number(ApproximateNumberOfMessages), hasSources: queueUrls.length > 0 };
}

async function urlOf(sqs: SQSClient, given: string): Promise<string> {
  if (/^https?:\/\//.test(given)) return given;
  const [, account, name] = /^arn:[^:]*:sqs:[^:]*:(\d+):(.+)$/.exec(given) ?? [];
  const { QueueUrl = "" } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: name ?? given, ...(account && { QueueOwnerAWSAccountId: account }) }),
  );
  return QueueUrl;
}

/**
 * The messages that a queue has now, each once, as many as asked for. The caller deletes each or gives it back. A message that
 * comes later is given back: what is begun again may fail again, and would never end.
 */
export async function* messagesOf(sqs: SQSClient, queue: FailuresQueue, limit: number): AsyncIterable<Message> {
  const { url } = queue;
  const beganMs = Date.now();
  const seen = new Set<string>();
  const late: Message[] = [];
  let count = 0;
  try {
    while (count < limit) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MessageSystemAttributeNames: ["SentTimestamp"],
          MaxNumberOfMessages: Math.min(10, limit - count),
          VisibilityTimeout: VISIBILITY_SECONDS,
          WaitTimeSeconds: 1,
        }),
      );
      const fresh = Messages.filter(({ MessageId = "" }) => !seen.has(MessageId));
      if (fresh.length === 0) return;
      for (const message of fresh) {
        seen.add(message.MessageId ?? "");
        if (Number(message.Attributes?.SentTimestamp) > beganMs) late.push(message);
        else {
          count++;
          yield message;
        }
      }
    }
  } finally {
    // Not before: each would be received again.
    for (const message of late) await giveBack(sqs, queue, message);
  }
}

/** Removes a message. */
export async function deleteMessage(sqs: SQSClient, { url }: FailuresQueue, { ReceiptHandle }: Message): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
}

/** Lets others receive a message again, at once; unless it was received again already, since it was held for too long. */
export async function giveBack(sqs: SQSClient, { url }: FailuresQueue, { ReceiptHandle }: Message): Promise<void> {
  try {
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  } catch (error) {
    if (!NOT_HELD.has((error as Error).name)) throw error;
  }
}

/** Moves the messages of a dead-letter queue back to where they came from; answers with their number. */
export async function moveBack(
  sqs: SQSClient,
  { arn }: FailuresQueue,
  onProgress: (moved: number) => void,
): Promise<{ readonly moved: number; readonly failure: string | undefined }> {
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: arn }));
  for (;;) {
    const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: arn, MaxResults: 1 }));
    const { Status, ApproximateNumberOfMessagesMoved: moved = 0, FailureReason } = Results[0] ?? {};
    onProgress(moved);
    if (Status !== "RUNNING" && Status !== "CANCELLING") {
      return { moved, failure: Status === "COMPLETED" ? undefined : (FailureReason ?? Status) };
    }
    await wait(LOOK_MS);
  }
}
