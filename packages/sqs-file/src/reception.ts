import type { HandOffDriver, RecursiveHandler, RunStore } from "@longhaul/core";
import type { FileEvent, QueueMessage } from "./file-run.ts";
import type { LoadResult } from "./load-file.ts";
import type { LookTimes } from "./message-verdict.ts";

/** Why a message is in the DLQ. */
export interface DeathReason {
  readonly code: string;
  readonly message: string;
}

/** What is done to messages. */
export interface MessageQueue {
  /** Hides a message for so long, counted from now; 0 brings it back at once. Rejects if it is not hidden by this receipt. */
  hide(message: QueueMessage, seconds: number): Promise<void>;
  /** Moves a message to the DLQ, with the reason. */
  bury(message: QueueMessage, reason: DeathReason): Promise<void>;
}

/** What messages are received with. */
export interface Reception extends LookTimes {
  readonly store: Pick<RunStore, "get">;
  /** Works off one hop of a run in this invocation. */
  readonly work: RecursiveHandler<FileEvent, LoadResult>;
  /** Begins runs elsewhere. */
  readonly driver: Pick<HandOffDriver, "send">;
  readonly queue: MessageQueue;
  /** Most files whose runs begin in one invocation; the driver begins the others. */
  readonly maxFilesHere: number;
  /** After so many receipts a message that is not over is put into the DLQ. */
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

// SQS drops a message 14 days after it was sent, hidden or not. Two of them are left for a look that is far away, and for
// functions that die: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
const MAX_AGE_MS = 12 * 86_400_000;

/** Whether a message that is not over may be kept no longer: it was received too often, or waited in the queue too long. */
export function isLastLook({ maxLooks, now }: Reception, message: QueueMessage): boolean {
  return looksAt(message) >= maxLooks || now() - Number(message.attributes.SentTimestamp) > MAX_AGE_MS;
}

/** Hides a message if it can be: else it was received anew or is gone, or comes back when the queue's own time is over. */
export async function tryToHide({ queue, log }: Reception, message: QueueMessage, seconds: number): Promise<void> {
  try {
    await queue.hide(message, seconds);
  } catch (error) {
    const { messageId } = message;
    log({ level: "INFO", message: "message could not be hidden", messageId, seconds, error: String(error) });
  }
}

/** Moves a message to the DLQ. */
export async function bury({ queue, log }: Reception, message: QueueMessage, reason: DeathReason): Promise<"over"> {
  const { code, message: text } = reason;
  await queue.bury(message, { code, message: text });
  log({ level: "ERROR", message: "message put into the DLQ", messageId: message.messageId, code, reason: text });
  return "over";
}
