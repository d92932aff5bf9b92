import { type InvocationContext, LonghaulError } from "@longhaul/core";
import type { SqsBatchResponse } from "@longhaul/core/sqs";
import { EnvelopeError } from "./envelope-error.ts";
import { hopIn, type QueueMessage } from "./file-run.ts";
import { hideSeconds } from "./message-verdict.ts";
import { type Room, receiveNews } from "./receive-news.ts";
import { bury, type DeathReason, isLastLook, looksAt, type Reception, tryToHide } from "./reception.ts";
import { receiveHop } from "./work-hop.ts";

/**
 * Receives a batch of messages, each of them news of uploads, or a hop of a run that continues through the queue. A
 * message stays in the queue until what it asks for is over, and is deleted or put into the DLQ only then. So wherever a
 * run is lost, its message still stands in the queue, comes back, and is looked at again.
 */
export async function receiveMessages(
  reception: Reception,
  messages: readonly QueueMessage[],
  context: InvocationContext,
): Promise<SqsBatchResponse> {
  const room: Room = { files: reception.maxFilesHere };
  const fates = await Promise.all(
    messages.map(async (message) => {
      try {
        const hop = hopIn(message.body);
        if (hop) return await receiveHop(reception, message, hop, context);
        return await receiveNews(reception, message, context, room);
      } catch (error) {
        return afterFailure(reception, message, error);
      }
    }),
  );
  const kept = messages.filter((_, i) => fates[i] === "kept");
  return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

// What cannot be put into the DLQ is taken there by SQS after 40 receipts, which must come to less than the days it has left.
const LONGEST_UNBURIED_SECONDS = 3_600;

/** A message that failed comes again, unless it would fail each time, or has done so too often. Never throws. */
async function afterFailure(reception: Reception, message: QueueMessage, error: unknown): Promise<"kept" | "over"> {
  const { messageId } = message;
  const looks = looksAt(message);
  const isLast = error instanceof EnvelopeError || isLastLook(reception, message);
  try {
    if (isLast) return await bury(reception, message, reasonOf(error, looks));
    reception.log({ level: "ERROR", message: "message failed", messageId, error: String(error) });
  } catch (cause) {
    reception.log({ level: "ERROR", message: "message could not be buried", messageId, error: String(cause) });
  }
  const seconds = hideSeconds(looks, reception);
  await tryToHide(reception, message, isLast ? Math.min(seconds, LONGEST_UNBURIED_SECONDS) : seconds);
  return "kept";
}

function reasonOf(error: unknown, looks: number): DeathReason {
  if (error instanceof EnvelopeError) return error;
  const code = error instanceof LonghaulError ? error.code : error instanceof Error ? error.name : "UNKNOWN";
  return { code, message: `Failed, and was received ${looks} times. ${String(error)}` };
}
