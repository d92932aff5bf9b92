import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  QueueDoesNotExist,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { LonghaulError } from "@longhaul/core";
import { call, type Host, retryable, systemHost } from "@longhaul/core/parts";
import { type MessageQueue, type QueueMessage, QueueMissingError } from "./message-queue.ts";

/** SQS answered, but failed for some messages of a batch. */
class BatchEntriesError extends LonghaulError {
  readonly failed: readonly BatchResultErrorEntry[];

  constructor(what: string, failed: readonly BatchResultErrorEntry[], asked: number) {
    const [{ Code = "", Message = "" } = {}] = failed;
    const shown = `${Code} ${Message.slice(0, 200)}`;
    super("BATCH_ENTRIES", `SQS did not ${what} ${failed.length} of ${asked} messages: ${shown}`);
    this.failed = failed;
  }
}

/** A {@link MessageQueue} of SQS. Takes at most ten messages per call, as SQS does. */
export function sqsQueue(
  client: SQSClient,
  QueueUrl: string,
  host: Pick<Host, "now" | "timer" | "random"> = systemHost,
): MessageQueue {
  /** Sends all entries, then resends those that SQS failed for by its own fault. */
  async function forEach(
    name: string,
    what: string,
    messages: readonly QueueMessage[],
    budgetMs: number,
    send: (
      entries: { Id: string; ReceiptHandle: string }[],
      abortSignal: AbortSignal,
    ) => Promise<{ Failed?: BatchResultErrorEntry[] | undefined }>,
  ): Promise<BatchResultErrorEntry[]> {
    const untilMs = host.now() + budgetMs;
    let entries = messages.map(({ receiptHandle }, at) => ({ Id: String(at), ReceiptHandle: receiptHandle }));
    const refused: BatchResultErrorEntry[] = [];
    const sendRest = async (abortSignal: AbortSignal): Promise<void> => {
      const { Failed = [] } = await send(entries, abortSignal);
      refused.push(...Failed.filter(({ SenderFault }) => SenderFault));
      const failed = Failed.filter(({ SenderFault }) => !SenderFault);
      entries = entries.filter(({ Id }) => failed.some((entry) => entry.Id === Id));
      if (entries.length > 0) throw new BatchEntriesError(what, failed, messages.length);
    };
    try {
      await call(sendRest, {
        name,
        kind: "control",
        host,
        budgetMs: () => untilMs - host.now(),
        retryable: (error) => (error instanceof BatchEntriesError ? "transient" : retryable(error)),
      });
    } catch (error) {
      if (!(error instanceof BatchEntriesError)) throw error;
      return [...refused, ...error.failed];
    }
    return refused;
  }

  return {
    async receive({ maxMessages, waitSeconds, visibilitySeconds, signal }) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: maxMessages,
        WaitTimeSeconds: waitSeconds,
        VisibilityTimeout: visibilitySeconds,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        MessageAttributeNames: ["All"],
      });
      try {
        // The loop itself polls again, so two tries have a safe point between them.
        const { Messages = [] } = await call((abortSignal) => client.send(command, { abortSignal }), {
          name: "SQS ReceiveMessage",
          kind: "long-poll",
          waitMs: waitSeconds * 1_000,
          attempts: 1,
          host,
          signal,
        });
        return Messages.map(messageOf);
      } catch (error) {
        throw isQueueMissing(error) ? new QueueMissingError(QueueUrl, error) : error;
      }
    },
    async remove(messages, budgetMs) {
      const refused = await forEach("SQS DeleteMessageBatch", "delete", messages, budgetMs, (Entries, abortSignal) =>
        client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }), { abortSignal }),
      );
      return refused.length;
    },
    async hide(messages, VisibilityTimeout, budgetMs) {
      const refused = await forEach(
        "SQS ChangeMessageVisibilityBatch",
        "keep hidden",
        messages,
        budgetMs,
        (entries, abortSignal) => {
          const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout }));
          return client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }), { abortSignal });
        },
      );
      if (refused.length > 0) throw new BatchEntriesError("keep hidden", refused, messages.length);
    },
  };
}

function messageOf({
  MessageId = "",
  Body = "",
  ReceiptHandle = "",
  Attributes,
  MessageAttributes = {},
}: Message): QueueMessage {
  return {
    messageId: MessageId,
    body: Body,
    receiptHandle: ReceiptHandle,
    receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).flatMap(([name, { StringValue }]) =>
        StringValue === undefined ? [] : [[name, StringValue]],
      ),
    ),
  };
}

const DEPTHS: readonly QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

/** Approximate number of messages in a queue: waiting, hidden or delayed. */
export async function sqsQueueDepth(
  client: SQSClient,
  QueueUrl: string,
  budgetMs?: () => number,
): Promise<number | "missing"> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...DEPTHS] });
  try {
    const { Attributes = {} } = await call((abortSignal) => client.send(command, { abortSignal }), {
      name: "SQS GetQueueAttributes",
      kind: "control",
      budgetMs,
    });
    return DEPTHS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
  } catch (error) {
    if (isQueueMissing(error)) return "missing";
    throw error;
  }
}

/**
 * Whether SQS says that the queue does not exist. The name is from its older protocol, which clients may still use.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html
 */
function isQueueMissing(error: unknown): boolean {
  return (
    error instanceof QueueDoesNotExist ||
    (error instanceof Error && error.name === "AWS.SimpleQueueService.NonExistentQueue")
  );
}
