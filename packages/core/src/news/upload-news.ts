/** An uploaded object, as an event describes it. */
export interface UploadedObject {
  readonly bucket: string;
  /** As it is in S3: decoded. */
  readonly key: string;
  /** Its version, in a bucket with versioning. */
  readonly versionId?: string;
  /** S3's own mark of the upload: the same however often and in whatever envelope it is told of. */
  readonly sequencer?: string;
  /** The ETag of what was uploaded, without quotes. */
  readonly etag?: string;
}

/** Faults of news that names no uploaded object. */
export type NewsFault =
  /** A text that should hold news is not JSON. */
  | "not-json"
  /** It is none of the shapes that are read. */
  | "unknown"
  /** It says that something else happened than an upload. */
  | "no-upload"
  | "no-bucket"
  | "no-key"
  /** The key is not URL-encoded, no Unicode text, or longer than S3 takes. */
  | "bad-key";

/** One item of an event. */
export type UploadNews =
  | { readonly kind: "upload"; readonly object: UploadedObject }
  /** A bucket tries whether it may send here. */
  | { readonly kind: "test"; readonly bucket: string | undefined }
  | { readonly kind: "odd"; readonly fault: NewsFault; readonly message: string };

type Fields = Readonly<Record<string, unknown>>;

/** Longest key S3 takes, in bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1024;

/** Envelopes within envelopes: SNS in SQS, at most; more are made by nobody. */
const MAX_DEPTH = 4;

/**
 * All items of an event, one by one, so that an odd one does not hide the uploads beside it. Read
 * are S3's notifications and EventBridge's events of S3, each straight or wrapped by SNS, and texts of these in JSON, as SQS
 * delivers them. An event without any content is odd itself: there is always at least one answer. Keys of notifications
 * are URL-encoded with `+` for a space, those of EventBridge are not.
 *
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html
 *
 * @param what What the event is called in messages. Default "The event".
 * @example
 * ```ts
 * for (const news of uploadNewsOf(message.body)) if (news.kind === "upload") await begin(news.object);
 * ```
 */
export function uploadNewsOf(event: unknown, what = "The event"): readonly UploadNews[] {
  return newsOf(event, what, MAX_DEPTH);
}

function newsOf(content: unknown, where: string, depth: number): readonly UploadNews[] {
  if (depth === 0) return [odd("unknown", `${where} is wrapped too often.`)];
  if (typeof content === "string") return newsOfText(content, where, depth);
  if (!isFields(content)) return [odd("unknown", `${where} is JSON, but no object.`)];
  const { Type, Message, Event, Bucket, Records, detail } = content;
  if (Type === "Notification" && typeof Message === "string") {
    return newsOf(Message, "The message that SNS passed on", depth - 1);
  }
  // Sent once when notifications are set up.
  if (Event === "s3:TestEvent") return [{ kind: "test", bucket: typeof Bucket === "string" ? Bucket : undefined }];
  if (Array.isArray(Records) && Records.length > 0) {
    return Records.flatMap((record: unknown, i) => newsOfRecord(record, `Records[${i}]`, depth));
  }
  if (isFields(detail)) return [newsOfEventBridge(content, detail)];
  return [odd("unknown", `${where} is no news of an upload: ${EXPECTED}; it has ${namesOf(content)}.`)];
}

const EXPECTED = 'expected an S3 notification (straight, or through SNS) or EventBridge\'s "Object Created"';

function newsOfText(text: string, where: string, depth: number): readonly UploadNews[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return [odd("not-json", `${where} is not JSON; it begins ${JSON.stringify(text.slice(0, 60))}.`)];
  }
  return newsOf(typeof content === "string" ? undefined : content, where, depth);
}

function newsOfRecord(record: unknown, where: string, depth: number): readonly UploadNews[] {
  const { Sns, s3, eventName } = isFields(record) ? record : {};
  if (isFields(Sns) && typeof Sns.Message === "string")
    return newsOf(Sns.Message, `The message of ${where}`, depth - 1);
  if (!isFields(s3)) return [odd("unknown", `${where} is no S3 notification: it has no s3.`)];
  // "ObjectCreated:Put" from S3, "s3:ObjectCreated:Put" from some who imitate it.
  if (typeof eventName === "string" && !/^(s3:)?ObjectCreated:/.test(eventName)) return [noUpload(where, eventName)];
  const object = isFields(s3.object) ? s3.object : {};
  const { key, versionId, sequencer, eTag: etag } = object;
  const bucket = isFields(s3.bucket) ? s3.bucket.name : undefined;
  const decoded = typeof key === "string" ? decodedKey(key) : key;
  if (decoded === undefined && typeof key === "string") {
    return [odd("bad-key", `${where}: the key ${JSON.stringify(key.slice(0, 120))} is not URL-encoded.`)];
  }
  return [uploadOf(where, { bucket, key: decoded, versionId, sequencer, etag })];
}

function newsOfEventBridge(content: Fields, detail: Fields): UploadNews {
  const type = content["detail-type"];
  if (type !== undefined && type !== "Object Created") return noUpload("The event", String(type));
  const object = isFields(detail.object) ? detail.object : {};
  const bucket = isFields(detail.bucket) ? detail.bucket.name : undefined;
  const { key, sequencer, etag } = object;
  return uploadOf("The event's detail", { bucket, key, versionId: object["version-id"], sequencer, etag });
}

/** Checks what names an object, its key decoded; `where` begins the message. */
export function uploadOf(
  where: string,
  { bucket, key, ...told }: { readonly [Name in keyof UploadedObject]?: unknown },
): UploadNews {
  if (typeof bucket !== "string" || bucket === "") return odd("no-bucket", `${where} names no bucket.`);
  if (typeof key !== "string" || key === "") return odd("no-key", `${where} names no key.`);
  // Keys in S3 are UTF-8, which has no half of a surrogate pair: two that differ in one would pass for the same object.
  if (!key.isWellFormed()) return odd("bad-key", `${where} names a key that is no Unicode text.`);
  const bytes = Buffer.byteLength(key);
  if (bytes > MAX_KEY_BYTES) {
    return odd("bad-key", `${where} names a key of ${bytes} bytes; keys in S3 have at most ${MAX_KEY_BYTES}.`);
  }
  const versionId = textOf(told.versionId);
  const sequencer = textOf(told.sequencer);
  const etag = bareEtag(textOf(told.etag) ?? "");
  return {
    kind: "upload",
    object: {
      bucket,
      key,
      // "null" is the version of every upload to a bucket whose versioning is suspended: it tells none from another.
      ...(versionId !== undefined && versionId !== "null" && { versionId }),
      ...(sequencer !== undefined && { sequencer }),
      ...(etag !== "" && { etag }),
    },
  };
}

/** An ETag without the quotes that HTTP puts around it. */
export function bareEtag(etag: string): string {
  return etag.replace(/^"(.*)"$/, "$1");
}

/** A text that says something. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && value.isWellFormed() ? value : undefined;
}

function decodedKey(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function noUpload(where: string, name: string): UploadNews {
  return odd("no-upload", `${where} tells of ${JSON.stringify(name.slice(0, 60))}, not an upload.`);
}

function odd(fault: NewsFault, message: string): UploadNews {
  return { kind: "odd", fault, message };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesOf(content: Fields): string {
  const names = Object.keys(content).slice(0, 8);
  return names.length === 0 ? "no fields" : `the fields ${names.join(", ").slice(0, 120)}`;
}
