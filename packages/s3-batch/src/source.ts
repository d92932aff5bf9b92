import { EventError } from "@longhaul/core";

/** The object a run works off. */
export interface Source {
  readonly bucket: string;
  readonly key: string;
}

/** `s3://bucket/key`, on one line whatever the key. */
export function uriOf({ bucket, key }: Source): string {
  return `s3://${bucket}/${JSON.stringify(key).slice(1, -1)}`;
}

/** Longest key S3 takes, in bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const MAX_KEY_BYTES = 1024;

/**
 * The object an event names: a direct call `{ bucket, key }`, an S3 notification of one record (its key is URL-encoded,
 * with `+` for a space), or EventBridge's "Object Created" (its key is as it is). The event is not changed.
 *
 * @throws EventError if it is none of them, or has no usable bucket or key.
 */
export function sourceOf(event: object): Source {
  const { bucket, key, Records, detail } = event as Record<string, unknown>;
  if (Array.isArray(Records)) {
    const [record] = Records;
    if (Records.length !== 1) throw new EventError(`The event has ${Records.length} Records; a run takes one.`);
    return notified(record);
  }
  if (isObject(detail)) return checked(field(detail.bucket, "name"), field(detail.object, "key"), "The event's detail");
  if (bucket !== undefined || key !== undefined) return checked(bucket, key, "The event");
  throw new EventError(
    'The event names no object: expected { "bucket", "key" }, an S3 notification, or EventBridge\'s "Object Created".',
  );
}

function notified(record: unknown): Source {
  const where = "The event's Records[0]";
  const s3 = isObject(record) ? record.s3 : undefined;
  if (!isObject(s3)) throw new EventError(`${where} is no S3 notification: it has no s3.`);
  const encoded = field(s3.object, "key");
  return checked(field(s3.bucket, "name"), typeof encoded === "string" ? decodeKey(encoded) : encoded, where);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch (cause) {
    throw new EventError(
      `The event's Records[0].s3.object.key is not URL-encoded: ${JSON.stringify(encoded.slice(0, 120))}.`,
      { cause },
    );
  }
}

function checked(bucket: unknown, key: unknown, where: string): Source {
  if (typeof bucket !== "string" || bucket === "") throw new EventError(`${where} names no bucket.`);
  if (typeof key !== "string" || key === "") throw new EventError(`${where} names no key.`);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    throw new EventError(`${where} names a key of ${bytes} bytes; keys in S3 have at most ${MAX_KEY_BYTES}.`);
  }
  return { bucket, key };
}

function field(holder: unknown, name: string): unknown {
  return isObject(holder) ? holder[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
