import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { CallTuning } from "@longhaul/core/parts";
import { call } from "@longhaul/core/parts";
import type { ObjectId } from "../cache/object-cache.ts";
import { isNotModified, objectFailure } from "./s3-failure.ts";

/** The headers of an object, without its bytes. */
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
  readonly signal?: AbortSignal | undefined;
  /** Budget and tries. */
  readonly calls?: CallTuning | undefined;
}

/**
 * Asks S3 about an object (`HeadObject`).
 *
 * @throws {@link ObjectNotFoundError}, {@link ObjectAccessDeniedError}.
 */
export async function objectInfo(
  client: Pick<S3Client, "send">,
  id: ObjectId,
  { heldEtag, signal, calls }: ObjectInfoOptions = {},
): Promise<ObjectInfo | "not-modified"> {
  const command = new HeadObjectCommand({
    Bucket: id.bucket,
    Key: id.key,
    ...(heldEtag !== undefined && { IfNoneMatch: heldEtag }),
  });
  try {
    const head = await call((abortSignal) => client.send(command, { abortSignal }), {
      ...calls,
      name: "S3 HeadObject",
      kind: "control",
      signal,
    });
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
