import type { HandOffDriver } from "../recursion/driver.ts";
import type { RecursiveHandler } from "../recursive.ts";
import type { RunStore } from "../state/run-store.ts";
import type { LookTimes } from "./run-verdict.ts";
import type { QueueMessage, UploadEvent } from "./upload-run.ts";

/** Why a message is in the DLQ. */
export interface DeadLetterReason {
  readonly code: string;
  readonly message: string;
}

/** Actions on messages. */
export interface InboxQueue {
  /** Sets the visibility timeout of a message, from now; 0 makes it visible at once. Rejects if the receipt is no longer valid. */
  hide(message: QueueMessage, seconds: number): Promise<void>;
  /** Moves a message to the DLQ, with the reason. */
  deadLetter(message: QueueMessage, reason: DeadLetterReason): Promise<void>;
}

/** The surroundings in which messages are received. */
export interface Inbox extends LookTimes {
  readonly store: Pick<RunStore, "get">;
  /** Works off one hop of a run in this invocation. */
  readonly work: RecursiveHandler<UploadEvent, unknown>;
  /** Begins runs elsewhere. */
  readonly driver: Pick<HandOffDriver, "send">;
  readonly queue: InboxQueue;
  /** Most files whose runs begin in one invocation; the driver begins the others. */
  readonly uploadsPerInvocation: number;
  /** Receives after which a message that is not over is dead-lettered. */
  readonly maxLooks: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** One line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/** How often the message was received, this time included. */
export function looksAt(message: QueueMessage): number {
  return Number(message.attributes.ApproximateReceiveCount);
}

// SQS drops a message 14 days after it was sent, hidden or not. Two days are left for the next look, which may be far away, and for
// functions that die: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_AGE_MS = 12 * 86_400_000;

/** Whether a message that is not over must leave the queue now: it was received too often, or is too old. */
export function isLastLook({ maxLooks, now }: Inbox, message: QueueMessage): boolean {
  return looksAt(message) >= maxLooks || now() - Number(message.attributes.SentTimestamp) > MAX_AGE_MS;
}

/** Hides a message if its receipt is still valid. If not, another receive has it, or the queue's visibility timeout applies. */
export async function tryToHide({ queue, log }: Inbox, message: QueueMessage, seconds: number): Promise<void> {
  try {
    await queue.hide(message, seconds);
  } catch (error) {
    const { messageId } = message;
    log({ level: "INFO", message: "message could not be hidden", messageId, seconds, error: String(error) });
  }
}

/** Moves a message to the DLQ. */
export async function deadLetter(
  { queue, log }: Inbox,
  message: QueueMessage,
  reason: DeadLetterReason,
): Promise<"over"> {
  const { code, message: text } = reason;
  await queue.deadLetter(message, { code, message: text });
  log({ level: "ERROR", message: "message dead-lettered", messageId: message.messageId, code, reason: text });
  return "over";
}
