import { EventError, runIdOf } from "@longhaul/core";
import { parseEnvelope, type UploadedFile } from "./envelope.ts";

/** The part of a message in an SQS event that is used; `SQSRecord` of `@types/aws-lambda` fits. */
export interface QueueMessage {
  readonly messageId: string;
  /** Names this receipt of the message; the next one has another. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
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

/**
 * The event that begins a file's run: the SQS event as it came with this one message, and `position` 0. A message that
 * tells of more files is narrowed to this one.
 */
export function beginningEvent(message: QueueMessage, file: UploadedFile, isOnlyFile: boolean): FileEvent {
  const record = isOnlyFile ? message : { ...message, body: JSON.stringify(notificationOf(file)) };
  return { Records: [record], ...{ [stateKey]: 0 } };
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

/** The event of a hop that was handed off through the queue; `undefined` for news of an upload, or what is neither. */
export function hopIn(body: string): FileEvent | undefined {
  if (!body.includes('"longhaul"')) return undefined;
  try {
    const event = JSON.parse(body) as FileEvent & { readonly longhaul?: unknown };
    return event?.longhaul === undefined ? undefined : event;
  } catch {
    return undefined;
  }
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
