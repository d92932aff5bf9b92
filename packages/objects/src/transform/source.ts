import { EventError } from "@longhaul/core";
import { uploadNewsOf, uploadOf } from "@longhaul/core/news";

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
 * The object an event names: a direct call `{ bucket, key }`, an S3 notification of one record, EventBridge's "Object
 * Created", or one of the latter two through SNS. The event is not changed.
 *
 * @throws EventError if it is none of them, or has no usable bucket or key.
 */
export function sourceOf(event: object): Source {
  const { bucket, key, Records, detail } = event as Record<string, unknown>;
  const isDirect = Records === undefined && detail === undefined && (bucket !== undefined || key !== undefined);
  const [news, ...more] = isDirect ? [uploadOf("The event", { bucket, key })] : uploadNewsOf(event);
  if (more.length > 0) throw new EventError(`The event names ${more.length + 1} objects; a run takes one object.`);
  if (news?.kind === "upload") return { bucket: news.object.bucket, key: news.object.key };
  if (isFromQueue(Records)) {
    throw new EventError(
      "The event holds messages of SQS, which this function does not take: for a queue, use queuedRuns() of @longhaul/core/sqs.",
    );
  }
  const why = news?.kind === "odd" ? news.message : "The event is a test of S3's.";
  throw new EventError(`${why} A call by hand takes { "bucket", "key" }.`);
}

function isFromQueue(records: unknown): boolean {
  const [record]: unknown[] = Array.isArray(records) ? records : [];
  return (Object(record) as { readonly eventSource?: unknown }).eventSource === "aws:sqs";
}
