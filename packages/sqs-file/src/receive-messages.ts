import type { HandOffDriver, RunStore } from "@longhaul/core";
import type { SqsBatchResponse } from "@longhaul/core/sqs";
import { parseEnvelope, type UploadedFile } from "./envelope.ts";
import { EnvelopeError } from "./envelope-error.ts";
import { beginningEvent, type QueueMessage, runOf } from "./file-run.ts";
import { hideSeconds, type RunVerdict, verdictOf } from "./message-verdict.ts";

/** Why a message is in the DLQ. */
export interface DeathReason {
  readonly code: string;
  readonly message: string;
}

/** What is done to messages. */
export interface MessageQueue {
  /** Hides a message for so long, counted from now. */
  hide(message: QueueMessage, seconds: number): Promise<void>;
  /** Puts a message into the DLQ, with the reason. */
  bury(message: QueueMessage, reason: DeathReason): Promise<void>;
}

/** What messages are received with. */
export interface Reception {
  readonly store: Pick<RunStore, "get">;
  readonly driver: Pick<HandOffDriver, "send">;
  readonly queue: MessageQueue;
  readonly firstLookSeconds: number;
  /** After so many receipts a message whose run still goes on is put into the DLQ, before SQS drops it for its age. */
  readonly maxLooks: number;
  /** One line of the log. */
  readonly log: (line: Readonly<Record<string, unknown>>) => void;
}

/**
 * Receives a batch of messages. Each file of each message gets a run of its own; the message stays in the queue until
 * the records of all its runs say that they are over, and is deleted or put into the DLQ only then. So wherever a run is lost, its
 * message still stands in the queue, comes back, and is looked at again.
 */
export async function receiveMessages(
  reception: Reception,
  messages: readonly QueueMessage[],
  target: string,
): Promise<SqsBatchResponse> {
  const kept = await Promise.all(
    messages.map(async (message) => {
      try {
        return await isKept(reception, message, target);
      } catch (error) {
        reception.log({
          level: "ERROR",
          message: "message failed",
          messageId: message.messageId,
          error: String(error),
        });
        return true;
      }
    }),
  );
  return {
    batchItemFailures: messages.filter((_, i) => kept[i]).map(({ messageId }) => ({ itemIdentifier: messageId })),
  };
}

/** Does what is due for a message; whether it is to stay in the queue. */
async function isKept(reception: Reception, message: QueueMessage, target: string): Promise<boolean> {
  const { queue, log, firstLookSeconds, maxLooks } = reception;
  const { messageId } = message;
  let files: readonly UploadedFile[];
  try {
    const envelope = parseEnvelope(message.body);
    if (envelope.kind === "test") {
      log({ level: "INFO", message: "s3:TestEvent ignored", messageId, bucket: envelope.bucket });
      return false;
    }
    files = envelope.files;
  } catch (error) {
    if (!(error instanceof EnvelopeError)) throw error;
    return bury(reception, message, error);
  }
  const runs = new Map(files.map((file) => [runOf(file, messageId), file]));
  const verdicts: RunVerdict[] = [];
  for (const [run, file] of runs) {
    const verdict = verdictOf(await reception.store.get(run));
    if (verdict.kind === "begin") {
      const event = beginningEvent(message, file, files.length === 1);
      await reception.driver.send({ run, hop: 0, event, payload: JSON.stringify(event), target });
    }
    verdicts.push(verdict);
  }
  if (verdicts.some(({ kind }) => kind === "begin" || kind === "wait")) {
    const looks = Number(message.attributes.ApproximateReceiveCount);
    if (looks >= maxLooks) {
      const text = `The run goes on after ${looks} looks at it: ${[...runs.keys()].join(", ")}.`;
      return bury(reception, message, { code: "RUN_TOO_LONG", message: text });
    }
    await queue.hide(message, hideSeconds(looks, firstLookSeconds));
    return true;
  }
  const dead = verdicts.filter((verdict) => verdict.kind === "dead");
  const [first] = dead;
  if (first === undefined) return false;
  return bury(reception, message, { code: first.code, message: dead.map(({ message }) => message).join(" | ") });
}

async function bury({ queue, log }: Reception, message: QueueMessage, reason: DeathReason): Promise<false> {
  const { code, message: text } = reason;
  await queue.bury(message, { code, message: text });
  log({ level: "ERROR", message: "message put into the DLQ", messageId: message.messageId, code, reason: text });
  return false;
}
