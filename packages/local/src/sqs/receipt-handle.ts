import { sqsErrors } from "./sqs-error.ts";

/** The receive and the message that a receipt handle names. */
export interface Receipt {
  readonly messageId: string;
  readonly receiveCount: number;
}

/** The opaque handle of one receive. */
export function receiptHandle({ messageId, receiveCount }: Receipt): string {
  return Buffer.from(`longhaul ${messageId} ${receiveCount}`).toString("base64url");
}

/** @throws {SqsError} `ReceiptHandleIsInvalid` for anything this service did not issue. */
export function parseReceiptHandle(handle: string): Receipt {
  const match = /^longhaul (\S+) (\d+)$/.exec(Buffer.from(handle, "base64url").toString());
  if (!match?.[1] || !match[2]) throw sqsErrors.receiptHandleIsInvalid();
  return { messageId: match[1], receiveCount: Number(match[2]) };
}
