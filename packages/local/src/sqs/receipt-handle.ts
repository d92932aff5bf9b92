import { sqsErrors } from "./sqs-error.ts";

/** The receive and the message that a receipt handle names. */
export interface Receipt {
  readonly messageId: string;
  readonly receiveCount: number;
}

/** Ids have no dots, and names of queues neither. */
const HANDLE = /^([^.]+)\.(\d+)\.([\w-]+)$/;

/** The opaque handle of one receive from a queue. */
export function receiptHandle(queueArn: string, { messageId, receiveCount }: Receipt): string {
  return `${messageId}.${receiveCount}.${nameOf(queueArn)}`;
}

/**
 * Reads a receipt handle of a queue.
 *
 * @throws {SqsError} `ReceiptHandleIsInvalid` for anything this service did not issue, or issued for another queue.
 * @see https://repost.aws/knowledge-center/sqs-receipt-handle-error
 */
export function parseReceiptHandle(queueArn: string, handle: string): Receipt {
  const [, messageId, receiveCount, name] = HANDLE.exec(handle) ?? [];
  if (messageId === undefined) throw sqsErrors.receiptHandleIsInvalid();
  if (name !== nameOf(queueArn)) throw sqsErrors.receiptHandleOfAnotherQueue(handle);
  return { messageId, receiveCount: Number(receiveCount) };
}

/** All queues here are of one region and one account. */
function nameOf(queueArn: string): string {
  return queueArn.slice(queueArn.lastIndexOf(":") + 1);
}
