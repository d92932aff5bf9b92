import { EventError } from "@longhaul/core";

/** The event that the queue gives a function: messages whose body is what a topic wrapped around an S3 notification. */
export interface QueueEvent {
  readonly Records: readonly { readonly body: string }[];
}

/** One upload of a notification. */
export interface Upload {
  readonly bucket: string;
  /** As the object is called, not as notifications spell it. */
  readonly key: string;
  readonly etag: string;
  /** Orders the uploads of one key. */
  readonly sequencer: string;
}

interface Notification {
  readonly Records: readonly {
    readonly s3: {
      readonly bucket: { readonly name: string };
      readonly object: { readonly key: string; readonly eTag: string; readonly sequencer: string };
    };
  }[];
}

/**
 * Bucket, key and identity of the upload: an S3 notification in an SNS message in an SQS message.
 *
 * @throws EventError unless it is exactly one.
 */
export function uploadOf(event: QueueEvent): Upload {
  const { body } = only(event.Records, "messages");
  const { Message } = JSON.parse(body) as { readonly Message: string };
  const { s3 } = only((JSON.parse(Message) as Notification).Records, "uploads");
  return {
    bucket: s3.bucket.name,
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    key: decodeURIComponent(s3.object.key.replaceAll("+", " ")),
    etag: s3.object.eTag,
    sequencer: s3.object.sequencer,
  };
}

function only<T>(items: readonly T[], what: string): T {
  const [item] = items;
  if (item === undefined || items.length > 1)
    throw new EventError(`The event brings ${items.length} ${what}, not one.`);
  return item;
}
