import type { QueueMessage } from "./queues/message-queue.ts";

/** Facts that a processor gets beside its message. */
export interface MessageContext {
  readonly queueUrl: string;
  /** The message's time limit, in milliseconds. */
  readonly timeoutMs: number;
  /** Aborts when the message's time, or the hop's, is over. */
  readonly signal: AbortSignal;
}

/**
 * Processes one message. A message may come twice, so processing it twice must be harmless. If the processor throws, the
 * message comes back after its visibility timeout, and goes to the dead letters after too many receipts.
 */
export type Processor = (message: QueueMessage, context: MessageContext) => Promise<void>;

/** Processors, by the names that the queues' settings use. */
export type Processors = Readonly<Record<string, Processor>>;
