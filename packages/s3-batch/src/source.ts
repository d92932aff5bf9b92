import { EventError } from "@longhaul/core";

/** The object a run works off. */
export interface Source {
  readonly bucket: string;
  readonly key: string;
}

/**
 * The objects an event names: a direct call `{ bucket, key }`, an S3 notification (each of its records; keys are
 * URL-encoded there, with `+` for a space), or EventBridge's "Object Created" (keys as they are).
 *
 * @throws EventError if it is none of them, or has no bucket or key.
 */
export function sourcesOf(event: object): readonly Source[] {
  const { bucket, key, Records, detail } = event as Record<string, unknown>;
  if (Array.isArray(Records)) return Records.map((record, i) => notified(record, `Records[${i}]`));
  if (isObject(detail)) {
    return [checked(text(detail.bucket, "name"), text(detail.object, "key"), "detail")];
  }
  if (bucket !== undefined || key !== undefined) return [checked(bucket, key, "the event")];
  throw new EventError(
    'The event names no object: expected { "bucket", "key" }, an S3 notification, or EventBridge\'s "Object Created".',
  );
}

function notified(record: unknown, where: string): Source {
  const s3 = isObject(record) ? record.s3 : undefined;
  if (!isObject(s3)) throw new EventError(`${where} is no S3 notification: it has no s3.`);
  const encoded = text(s3.object, "key");
  return checked(text(s3.bucket, "name"), typeof encoded === "string" ? decodeKey(encoded, where) : encoded, where);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function decodeKey(encoded: string, where: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch (cause) {
    throw new EventError(`${where}.s3.object.key is not URL-encoded: ${JSON.stringify(encoded.slice(0, 120))}.`, {
      cause,
    });
  }
}

function checked(bucket: unknown, key: unknown, where: string): Source {
  if (typeof bucket !== "string" || bucket === "") throw new EventError(`${where} names no bucket.`);
  if (typeof key !== "string" || key === "") throw new EventError(`${where} names no key.`);
  return { bucket, key };
}

function text(holder: unknown, name: string): unknown {
  return isObject(holder) ? holder[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
