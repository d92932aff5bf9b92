import { LonghaulError } from "../errors.ts";
import type { InvocationContext } from "../options.ts";
import type { SqsBatchResponse } from "../recursion/sqs-handler.ts";
import { type DeadLetterReason, deadLetter, type Inbox, isLastLook, looksAt, tryToHide } from "./inbox.ts";
import { MessageError } from "./message-error.ts";
import { receiveHop } from "./queued-hop.ts";
import { type Capacity, receiveNews } from "./receive-news.ts";
import { hideSeconds } from "./run-verdict.ts";
import { hopIn, type QueueMessage } from "./upload-run.ts";

/**
 * Receives a batch of messages. Each announces uploads, or is a hop of a run that continues through the queue. A message stays
 * in the queue until its work is over, and is deleted or dead-lettered only then. So wherever a run is lost, its message is
 * still in the queue and is received again.
 */
export async function receiveMessages(
  inbox: Inbox,
  messages: readonly QueueMessage[],
  context: InvocationContext,
): Promise<SqsBatchResponse> {
  const capacity: Capacity = { files: inbox.uploadsPerInvocation };
  const fates = await Promise.all(
    messages.map(async (message) => {
      try {
        const hop = hopIn(message.body);
        if (hop) return await receiveHop(inbox, message, hop, context);
        return await receiveNews(inbox, message, context, capacity);
      } catch (error) {
        return afterFailure(inbox, message, error);
      }
    }),
  );
  const kept = messages.filter((_, i) => fates[i] === "kept");
  return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

// A message that cannot be dead-lettered here is moved by SQS after 40 receives. They must take less time than it has left.
const LONGEST_UNBURIED_SECONDS = 3_600;

/** A message that failed is received again, unless its fault is permanent or it failed too often. Never throws. */
async function afterFailure(inbox: Inbox, message: QueueMessage, error: unknown): Promise<"kept" | "over"> {
  const { messageId } = message;
  const looks = looksAt(message);
  const isLast = error instanceof MessageError || isLastLook(inbox, message);
  try {
    if (isLast) return await deadLetter(inbox, message, reasonOf(error, looks));
    inbox.log({ level: "ERROR", message: "message failed", messageId, error: String(error) });
  } catch (cause) {
    inbox.log({ level: "ERROR", message: "message could not be dead-lettered", messageId, error: String(cause) });
  }
  const seconds = hideSeconds(looks, inbox);
  await tryToHide(inbox, message, isLast ? Math.min(seconds, LONGEST_UNBURIED_SECONDS) : seconds);
  return "kept";
}

function reasonOf(error: unknown, looks: number): DeadLetterReason {
  if (error instanceof MessageError) return error;
  const code = error instanceof LonghaulError ? error.code : error instanceof Error ? error.name : "UNKNOWN";
  return { code, message: `Failed, and was received ${looks} times. ${String(error)}` };
}
