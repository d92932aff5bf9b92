import { createHash } from "node:crypto";
import { sqsErrors } from "./sqs-error.ts";

/** The receive and the message that a receipt handle names. */
export interface Receipt {
  readonly messageId: string;
  readonly receiveCount: number;
}

const HANDLE = /^(.+)\.(\d+)\.([0-9a-f]{16})$/;
const queueMarks = new Map<string, string>();

/** The opaque handle of one receive from a queue. */
export function receiptHandle(queueArn: string, { messageId, receiveCount }: Receipt): string {
  return `${messageId}.${receiveCount}.${markOf(queueArn)}`;
}

/**
 * Reads a receipt handle of a queue.
 *
 * @throws {SqsError} `ReceiptHandleIsInvalid` for anything this service did not issue, or issued for another queue.
 * @see https://repost.aws/knowledge-center/sqs-receipt-handle-error
 */
export function parseReceiptHandle(queueArn: string, handle: string): Receipt {
  const [, messageId, receiveCount, mark] = HANDLE.exec(handle) ?? [];
  if (messageId === undefined) throw sqsErrors.receiptHandleIsInvalid();
  if (mark !== markOf(queueArn)) throw sqsErrors.receiptHandleOfAnotherQueue(handle);
  return { messageId, receiveCount: Number(receiveCount) };
}

/** By which a queue knows the handles that were issued for it. */
function markOf(queueArn: string): string {
  const known = queueMarks.get(queueArn);
  if (known !== undefined) return known;
  const mark = createHash("sha256").update(queueArn).digest("hex").slice(0, 16);
  queueMarks.set(queueArn, mark);
  return mark;
}
