import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { CallTuning } from "@longhaul/core/parts";
import { call } from "@longhaul/core/parts";
import type { LoadObject, ObjectId } from "../cache/object-cache.ts";
import { wholeBody } from "./body.ts";
import { isNotModified, objectFailure } from "./s3-failure.ts";

/**
 * A loader for {@link ObjectCache}: one `GetObject` with `IfNoneMatch`; 304 says the copy held is still right. `parse` is
 * called only when the object is new, with its bytes; what it answers is what the cache holds, counted as the object's size.
 * `calls`: budget and tries; 5 tries by default.
 *
 * @throws (when it loads) {@link ObjectNotFoundError}, {@link ObjectAccessDeniedError}, and what `parse` throws.
 * @example
 * ```ts
 * const { value } = await cache.get(id, objectLoader(client, id, (bytes) => JSON.parse(bytes.toString())));
 * ```
 */
export function objectLoader<T>(
  client: Pick<S3Client, "send">,
  id: ObjectId,
  parse: (bytes: Buffer) => T | Promise<T>,
  calls: CallTuning = {},
): LoadObject<T> {
  return async (heldEtag, signal) => {
    const command = new GetObjectCommand({
      Bucket: id.bucket,
      Key: id.key,
      ...(heldEtag !== undefined && { IfNoneMatch: heldEtag }),
    });
    const receive = async (abortSignal: AbortSignal, moved: () => void): Promise<{ etag: string; bytes: Buffer }> => {
      const { ETag = "", Body } = await client.send(command, { abortSignal });
      return { etag: ETag, bytes: await wholeBody(Body, moved) };
    };
    try {
      const { etag, bytes } = await call(receive, { ...calls, name: "S3 GetObject", kind: "stream", signal });
      return { value: await parse(bytes), etag, bytes: bytes.length };
    } catch (error) {
      signal.throwIfAborted();
      if (isNotModified(error)) return "not-modified";
      throw objectFailure(error, id, "s3:GetObject");
    }
  };
}
