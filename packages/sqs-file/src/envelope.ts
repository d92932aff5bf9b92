import { EnvelopeError } from "./envelope-error.ts";

/** An upload that a message tells of. */
export interface UploadedFile {
  readonly bucket: string;
  /** As it is in S3: decoded. */
  readonly key: string;
  /** The object's version, in a bucket with versioning. */
  readonly versionId?: string;
  /** S3's own mark of the upload: the same however often and in whatever envelope it is told of. */
  readonly sequencer?: string;
  /** The ETag of what was uploaded, without quotes. */
  readonly etag?: string;
}

/** What the body of a message says: files were uploaded, or a bucket tries whether it may send here. */
export type Envelope =
  | { readonly kind: "files"; readonly files: readonly UploadedFile[] }
  | { readonly kind: "test"; readonly bucket: string | undefined };

/** Longest key S3 takes, in bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/**
 * Reads the body of an SQS message in any of the four envelopes in which news of an upload comes: S3's own notification,
 * sent straight to the queue or through SNS with raw delivery (both look the same); the same wrapped by SNS; and
 * EventBridge's "Object Created", straight or wrapped. Keys are URL-encoded with `+` for a space, but not EventBridge's.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 *
 * @throws EnvelopeError if it is none of them, or one of its records names no file.
 */
export function parseEnvelope(body: string): Envelope {
  const outer = objectOf(parseJson(body, "The message"), "The message");
  return contentOf(isSnsNotification(outer) ? unwrapped(outer.Message) : outer);
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
function isSnsNotification(outer: Fields): outer is Fields & { readonly Message: string } {
  return outer.Type === "Notification" && typeof outer.Message === "string";
}

function unwrapped(message: string): Fields {
  const what = "The message that SNS passed on";
  return objectOf(parseJson(message, what), what);
}

function contentOf(content: Fields): Envelope {
  const { Event, Bucket, Records, detail } = content;
  // Sent once when notifications are set up: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
  if (Event === "s3:TestEvent") return { kind: "test", bucket: typeof Bucket === "string" ? Bucket : undefined };
  if (Array.isArray(Records) && Records.length > 0) return { kind: "files", files: Records.map(notifiedFile) };
  if (isFields(detail)) return { kind: "files", files: [eventBridgeFile(content, detail)] };
  throw new EnvelopeError(
    "MESSAGE_UNKNOWN",
    `The message is no news of an upload: expected an S3 notification (straight, or through SNS) or EventBridge's "Object Created"; it has ${namesOf(content)}.`,
  );
}

function notifiedFile(record: unknown, i: number): UploadedFile {
  const where = `Records[${i}]`;
  const { eventName, s3 } = isFields(record) ? record : {};
  if (!isFields(s3)) throw new EnvelopeError("MESSAGE_UNKNOWN", `${where} is no S3 notification: it has no s3.`);
  // "ObjectCreated:Put" from S3, "s3:ObjectCreated:Put" from some who imitate it.
  if (typeof eventName === "string" && !/^(s3:)?ObjectCreated:/.test(eventName)) throw noUpload(where, eventName);
  const object = isFields(s3.object) ? s3.object : {};
  const { key, versionId, sequencer, eTag: etag } = object;
  const bucket = isFields(s3.bucket) ? s3.bucket.name : undefined;
  const decoded = typeof key === "string" ? decodeKey(key, where) : key;
  return fileOf(where, { bucket, key: decoded, versionId, sequencer, etag });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
function eventBridgeFile(content: Fields, detail: Fields): UploadedFile {
  const type = content["detail-type"];
  if (type !== undefined && type !== "Object Created") throw noUpload("The event", String(type));
  const object = isFields(detail.object) ? detail.object : {};
  const bucket = isFields(detail.bucket) ? detail.bucket.name : undefined;
  const { key, sequencer, etag } = object;
  return fileOf("The event's detail", { bucket, key, versionId: object["version-id"], sequencer, etag });
}

function fileOf(where: string, told: { readonly [Name in keyof UploadedFile]-?: unknown }): UploadedFile {
  const { bucket, key } = told;
  if (typeof bucket !== "string" || bucket === "") {
    throw new EnvelopeError("MESSAGE_NO_BUCKET", `${where} names no bucket.`);
  }
  if (typeof key !== "string" || key === "") throw new EnvelopeError("MESSAGE_NO_KEY", `${where} names no key.`);
  // Keys in S3 are UTF-8, which has no half of a surrogate pair: two that differ in one would pass for the same file.
  if (!key.isWellFormed()) throw new EnvelopeError("MESSAGE_BAD_KEY", `${where} names a key that is no Unicode text.`);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new EnvelopeError(
      "MESSAGE_BAD_KEY",
      `${where} names a key of ${bytes} bytes; keys in S3 have at most ${MAX_KEY_BYTES}.`,
    );
  }
  return { bucket, key, ...textsOf(told, ["versionId", "sequencer", "etag"]) };
}

/** Those of the fields that are texts and say something. */
function textsOf<Name extends string>(
  told: { readonly [N in Name]: unknown },
  names: readonly Name[],
): { readonly [N in Name]?: string } {
  const texts: { [N in Name]?: string } = {};
  for (const name of names) {
    const text = told[name];
    if (typeof text === "string" && text !== "" && text.isWellFormed()) texts[name] = text;
  }
  return texts;
}

function decodeKey(encoded: string, where: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch (cause) {
    const shown = JSON.stringify(encoded.slice(0, 120));
    throw new EnvelopeError("MESSAGE_BAD_KEY", `${where}: the key ${shown} is not URL-encoded.`, { cause });
  }
}

function noUpload(where: string, name: string): EnvelopeError {
  return new EnvelopeError(
    "MESSAGE_NO_UPLOAD",
    `${where} tells of ${JSON.stringify(name.slice(0, 60))}, not an upload.`,
  );
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EnvelopeError(
      "MESSAGE_NOT_JSON",
      `${what} is not JSON; it begins ${JSON.stringify(text.slice(0, 60))}.`,
      {
        cause,
      },
    );
  }
}

type Fields = Readonly<Record<string, unknown>>;

function objectOf(value: unknown, what: string): Fields {
  if (isFields(value)) return value;
  throw new EnvelopeError("MESSAGE_UNKNOWN", `${what} is JSON, but no object.`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesOf(content: Fields): string {
  const names = Object.keys(content).slice(0, 8);
  return names.length === 0 ? "no fields" : `the fields ${names.join(", ").slice(0, 120)}`;
}
