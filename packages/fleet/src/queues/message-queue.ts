import { LonghaulError } from "@longhaul/core";

/** A message of a queue, as a processor sees it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Number of receipts of the message, this one included. */
  readonly receiveCount: number;
  /** Id of this receipt, for deleting the message. */
  readonly receiptHandle: string;
}

/** One poll. */
export interface Poll {
  readonly maxMessages: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
  readonly signal: AbortSignal;
}

/** Number of messages in a queue; `missing` if the queue does not exist, `unknown` if SQS did not say. */
export type QueueDepth = number | "missing" | "unknown";

/** The queue does not exist, or no longer. */
export class QueueMissingError extends LonghaulError {
  constructor(queueUrl: string, cause: unknown) {
    const message = `The queue ${queueUrl} does not exist. Its loops end. If it was deleted on purpose, take it out of the settings.`;
    super("QUEUE_MISSING", message, { cause });
  }
}

/** The queue that a loop polls. */
export interface MessageQueue {
  /**
   * Waits for messages. Makes one try.
   *
   * @throws {@link QueueMissingError}
   */
  receive(poll: Poll): Promise<readonly QueueMessage[]>;
  /** Deletes messages within `budgetMs`. Returns the number of those that it could not delete; they come again. */
  remove(messages: readonly QueueMessage[], budgetMs: number): Promise<number>;
  /**
   * Hides messages for `visibilitySeconds` from now. Tries for `budgetMs`.
   *
   * @throws if it could not hide all of them.
   */
  hide(messages: readonly QueueMessage[], visibilitySeconds: number, budgetMs: number): Promise<void>;
}
