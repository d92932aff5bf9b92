import { EventError, runIdOf } from "@longhaul/core";
import { parseEnvelope, type UploadedFile } from "./envelope.ts";

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
export interface FileEvent {
  readonly Records: readonly [QueueMessage];
}

/**
 * The id of a file's run: the same for the same upload, however often, in whatever envelope and message it is told of.
 * An upload that S3's news does not tell from others (which real ones always do) counts as one per message.
 */
export function runOf(file: UploadedFile, messageId: string): string {
  const { bucket, key, versionId, sequencer } = file;
  const object = { key: encodedKey(key), sequencer: sequencer ?? messageId, ...(versionId && { versionId }) };
  return runIdOf({ Records: [{ s3: { bucket: { name: bucket }, object } }] }, messageId);
}

// A run's record holds its event beside its state, and DynamoDB takes 400 KB of both:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MAX_EVENT_BYTES = 64 * 1024;

/**
 * The event that begins a file's run: the SQS event as it came with this one message, and `position` 0. A message that
 * tells of more files, or is much larger than news of one ever is, is narrowed to this one.
 */
export function beginningEvent(message: QueueMessage, file: UploadedFile, isOnlyFile: boolean): FileEvent {
  const isAsItCame = isOnlyFile && Buffer.byteLength(JSON.stringify(message)) <= MAX_EVENT_BYTES;
  const record = isAsItCame ? message : narrowed(message, JSON.stringify(notificationOf(file)));
  return { Records: [record], ...{ [stateKey]: 0 } };
}

function narrowed({ messageId, receiptHandle, attributes }: QueueMessage, body: string): QueueMessage {
  return { messageId, receiptHandle, body, attributes };
}

function notificationOf({ bucket, key, versionId, sequencer, etag }: UploadedFile): object {
  const object = { key: encodedKey(key), versionId, sequencer, eTag: etag };
  return { Records: [{ eventSource: "aws:s3", s3: { bucket: { name: bucket }, object } }] };
}

/** As S3 encodes keys in its notifications. */
function encodedKey(key: string): string {
  return encodeURIComponent(key.toWellFormed()).replaceAll("%20", "+").replaceAll("%2F", "/");
}

/** Whether the event comes from the queue, and not from a run. */
export function isMessages(event: object): event is { readonly Records: readonly QueueMessage[] } {
  return !(stateKey in event) && "Records" in event && Array.isArray(event.Records);
}

/**
 * The event of a hop that came through the queue: handed off, or its run is to begin there and has a `position` alone.
 * `undefined` for news of an upload, or what is neither.
 */
export function hopIn(body: string): FileEvent | undefined {
  // News is read once only.
  if (!body.includes('"longhaul"') && !body.includes(`"${stateKey}"`)) return undefined;
  try {
    const event: unknown = JSON.parse(body);
    return isHop(event) ? event : undefined;
  } catch {
    return undefined;
  }
}

function isHop(event: unknown): event is FileEvent {
  if (typeof event !== "object" || event === null || !("longhaul" in event || stateKey in event)) return false;
  const { Records } = event as { readonly Records?: unknown };
  const [message, ...others]: readonly Partial<QueueMessage>[] = Array.isArray(Records) ? Records : [];
  return typeof message?.body === "string" && typeof message.receiptHandle === "string" && others.length === 0;
}

/**
 * The file that a run's event names, and the run's id.
 *
 * @throws EventError if it does not name exactly one; EnvelopeError if its message names none.
 */
export function fileOf(event: FileEvent): { readonly run: string; readonly file: UploadedFile } {
  const [message, ...others] = event.Records ?? [];
  if (message === undefined || others.length > 0) throw new EventError("The event of a run holds one message.");
  const envelope = parseEnvelope(message.body);
  const [file, ...more] = envelope.kind === "files" ? envelope.files : [];
  if (file === undefined || more.length > 0) throw new EventError("The message of a run names one file.");
  return { run: runOf(file, message.messageId), file };
}
