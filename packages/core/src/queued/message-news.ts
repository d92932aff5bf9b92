import { type NewsFault, type UploadedObject, type UploadNews, uploadNewsOf } from "../news/upload-news.ts";
import { MessageError, type MessageFault } from "./message-error.ts";

/** The items in the body of a message. */
export interface MessageNews {
  /** Files that were uploaded. */
  readonly files: readonly UploadedObject[];
  /** Faults beside them; none hides a file. */
  readonly odd: readonly MessageError[];
  /** Buckets that sent a test event. */
  readonly tests: readonly (string | undefined)[];
}

const faults: Readonly<Record<NewsFault, MessageFault>> = {
  "not-json": "MESSAGE_NOT_JSON",
  unknown: "MESSAGE_UNKNOWN",
  "no-upload": "MESSAGE_NO_UPLOAD",
  "no-bucket": "MESSAGE_NO_BUCKET",
  "no-key": "MESSAGE_NO_KEY",
  "bad-key": "MESSAGE_BAD_KEY",
};

/**
 * Reads the body of an SQS message in any of the four envelopes that announce an upload: S3's own notification,
 * sent straight to the queue or through SNS with raw delivery (both look the same); the same wrapped by SNS; and
 * EventBridge's "Object Created", straight or wrapped.
 */
export function newsIn(body: string): MessageNews {
  const news = uploadNewsOf(body, "The message");
  return {
    files: news.flatMap((each) => (each.kind === "upload" ? [each.object] : [])),
    odd: news.flatMap((each) => (each.kind === "odd" ? [errorOf(each)] : [])),
    tests: news.flatMap((each) => (each.kind === "test" ? [each.bucket] : [])),
  };
}

function errorOf({ fault, message }: UploadNews & { readonly kind: "odd" }): MessageError {
  return new MessageError(faults[fault], message);
}
