/** A message of a queue, as a processor sees it. */
export interface QueueMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** How often it has been received, this time included. */
  readonly receiveCount: number;
  /** What this receipt of it is named by. */
  readonly receiptHandle: string;
}

/** One poll. */
export interface Poll {
  readonly maxMessages: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
  readonly signal: AbortSignal;
}

/** The queue a loop works off. */
export interface MessageQueue {
  /** Waits for messages; rejects when aborted. */
  receive(poll: Poll): Promise<readonly QueueMessage[]>;
  /** Deletes messages; answers how many could not be, which will come again. */
  remove(messages: readonly QueueMessage[]): Promise<number>;
  /** Keeps messages hidden for so many seconds from now; rejects if that could not be done for each. */
  hide(messages: readonly QueueMessage[], visibilitySeconds: number): Promise<void>;
}
