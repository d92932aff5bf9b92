import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ObjectId } from "../cache/object-cache.ts";
import { type RetryPolicy, retrying } from "./retry.ts";
import { isNotModified, isTransient, objectFailure } from "./s3-failure.ts";

/** What S3 says of an object without sending it. */
export interface ObjectInfo {
  readonly etag: string;
  /** Bytes as stored. */
  readonly size: number;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  /** User metadata, names in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Options of {@link objectInfo}. */
export interface ObjectInfoOptions {
  /** ETag of a copy held: `"not-modified"` is answered if it is still right (`IfNoneMatch`, 304). */
  readonly heldEtag?: string | undefined;
  readonly signal?: AbortSignal;
  readonly retry?: RetryPolicy;
}

/**
 * Asks S3 about an object (`HeadObject`).
 *
 * @throws {@link ObjectNotFoundError}, {@link ObjectAccessDeniedError}.
 */
export async function objectInfo(
  client: Pick<S3Client, "send">,
  id: ObjectId,
  { heldEtag, signal, retry }: ObjectInfoOptions = {},
): Promise<ObjectInfo | "not-modified"> {
  const command = new HeadObjectCommand({
    Bucket: id.bucket,
    Key: id.key,
    ...(heldEtag !== undefined && { IfNoneMatch: heldEtag }),
  });
  const sendOptions = signal === undefined ? {} : { abortSignal: signal };
  try {
    const head = await retrying(() => client.send(command, sendOptions), isTransient, retry, signal);
    if (head.ETag === heldEtag && heldEtag !== undefined) return "not-modified";
    return {
      etag: head.ETag ?? "",
      size: head.ContentLength ?? 0,
      contentType: head.ContentType,
      contentEncoding: head.ContentEncoding,
      metadata: head.Metadata ?? {},
    };
  } catch (error) {
    signal?.throwIfAborted();
    if (isNotModified(error)) return "not-modified";
    throw objectFailure(error, id, "s3:GetObject");
  }
}
