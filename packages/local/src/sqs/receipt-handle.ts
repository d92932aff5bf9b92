import { sqsErrors } from "./sqs-error.ts";

/** The receive and the message that a receipt handle names. */
export interface Receipt {
  readonly messageId: string;
  readonly receiveCount: number;
}

/** The opaque handle of one receive from a queue. */
export function receiptHandle(queueArn: string, { messageId, receiveCount }: Receipt): string {
  return Buffer.from(`longhaul ${queueArn} ${messageId} ${receiveCount}`).toString("base64url");
}

/**
 * Reads a receipt handle of a queue.
 *
 * @throws {SqsError} `ReceiptHandleIsInvalid` for anything this service did not issue, or issued for another queue.
 * @see https://repost.aws/knowledge-center/sqs-receipt-handle-error
 */
export function parseReceiptHandle(queueArn: string, handle: string): Receipt {
  const text = Buffer.from(handle, "base64url").toString();
  const [, issuedFor, messageId, receiveCount] = /^longhaul (\S+) (\S+) (\d+)$/.exec(text) ?? [];
  if (issuedFor === undefined || messageId === undefined) throw sqsErrors.receiptHandleIsInvalid();
  if (issuedFor !== queueArn) throw sqsErrors.receiptHandleOfAnotherQueue(handle);
  return { messageId, receiveCount: Number(receiveCount) };
}
