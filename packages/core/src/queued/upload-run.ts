import { EventError } from "../errors.ts";
import type { UploadedObject } from "../news/upload-news.ts";
import { runIdOf } from "../recursion/run-id.ts";
import { newsIn } from "./message-news.ts";

/** The part of a message in an SQS event that is used; `SQSRecord` of `@types/aws-lambda` fits. */
export interface QueueMessage {
  readonly messageId: string;
  /** Names this receipt of the message; the next one has another. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    /** When it was sent, in milliseconds since 1970. */
    readonly SentTimestamp?: string;
  };
}

/** The key under which the state of a run travels in its event. A message that was never worked on has none. */
export const stateKey = "position";

/** The event of a run's hop: an SQS event of one message that names one file. */
export interface UploadEvent {
  readonly Records: readonly [QueueMessage];
}

/**
 * The id of a file's run: the same for the same upload, whatever envelope and message announces it, and however often.
 * Without a version or sequencer (real S3 always sends one), each message counts as one upload.
 */
export function runOf(file: UploadedObject, messageId: string): string {
  const { bucket, key, versionId, sequencer } = file;
  const object = { key: encodedKey(key), sequencer: sequencer ?? messageId, ...(versionId && { versionId }) };
  return runIdOf({ Records: [{ s3: { bucket: { name: bucket }, object } }] }, messageId);
}

// A run's record holds its event beside its state, and DynamoDB takes 400 KB of both:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_EVENT_BYTES = 64 * 1024;

/**
 * The event that begins a file's run: the SQS event as it came with this one message, and `position` 0. A message that
 * names more files, or is much larger than a notification ever is, is narrowed to this one.
 */
export function beginningEvent(message: QueueMessage, file: UploadedObject, isOnlyFile: boolean): UploadEvent {
  const isAsItCame = isOnlyFile && Buffer.byteLength(JSON.stringify(message)) <= MAX_EVENT_BYTES;
  const record = isAsItCame ? message : narrowed(message, JSON.stringify(notificationOf(file)));
  return { Records: [record], ...{ [stateKey]: 0 } };
}

function narrowed({ messageId, receiptHandle, attributes }: QueueMessage, body: string): QueueMessage {
  return { messageId, receiptHandle, body, attributes };
}

function notificationOf({ bucket, key, versionId, sequencer, etag }: UploadedObject): object {
  const object = { key: encodedKey(key), versionId, sequencer, eTag: etag };
  return { Records: [{ eventSource: "aws:s3", s3: { bucket: { name: bucket }, object } }] };
}

/** As S3 encodes keys in its notifications. */
function encodedKey(key: string): string {
  return encodeURIComponent(key.toWellFormed()).replaceAll("%20", "+").replaceAll("%2F", "/");
}

/** Whether the event comes from the queue, and not from a run. Its Records are not checked. */
export function isMessages(event: object): event is { readonly Records: readonly unknown[] } {
  return !(stateKey in event) && "Records" in event && Array.isArray(event.Records);
}

/**
 * The Records of an event from the queue.
 *
 * @throws EventError if one is no message of SQS: the event comes from elsewhere, such as straight from S3.
 */
export function messagesOf(records: readonly unknown[]): readonly QueueMessage[] {
  const odd = records.findIndex((record) => !isMessage(record));
  if (odd === -1) return records as readonly QueueMessage[];
  throw new EventError(
    `Records[${odd}] is no message of SQS. This function takes messages from its queue; let what sends these events send them there.`,
  );
}

function isMessage(record: unknown): record is QueueMessage {
  const { messageId, receiptHandle, body, attributes } = Object(record) as {
    readonly [Name in keyof QueueMessage]?: unknown;
  };
  return (
    typeof messageId === "string" &&
    typeof receiptHandle === "string" &&
    typeof body === "string" &&
    typeof attributes === "object" &&
    attributes !== null
  );
}

/**
 * The event of a hop that came through the queue: handed off, or of a run that begins there, with a `position` alone.
 * `undefined` for any other message.
 */
export function hopIn(body: string): UploadEvent | undefined {
  // News is read once only.
  if (!body.includes('"longhaul"') && !body.includes(`"${stateKey}"`)) return undefined;
  try {
    const event: unknown = JSON.parse(body);
    return isHop(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isHop(event: unknown): event is UploadEvent {
  if (typeof event !== "object" || event === null || !("longhaul" in event || stateKey in event)) return false;
  const { Records } = event as { readonly Records?: unknown };
  const [message, ...others]: readonly Partial<QueueMessage>[] = Array.isArray(Records) ? Records : [];
  return typeof message?.body === "string" && typeof message.receiptHandle === "string" && others.length === 0;
}

/**
 * The file that a run's event names, and the run's id.
 *
 * @throws EventError if it does not name exactly one; MessageError if its message names none.
 */
export function uploadOfRun(event: UploadEvent): { readonly run: string; readonly file: UploadedObject } {
  const [message, ...others] = event.Records ?? [];
  if (message === undefined || others.length > 0) throw new EventError("The event of a run holds one message.");
  const { files, odd } = newsIn(message.body);
  const [file, ...more] = files;
  if (odd[0] !== undefined) throw odd[0];
  if (file === undefined || more.length > 0) throw new EventError("The message of a run names one file.");
  return { run: runOf(file, message.messageId), file };
}
