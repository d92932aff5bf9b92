import { CopyObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { OutputPlace } from "../report/output-place.ts";
import type { ListedObject } from "../walk/listed-page.ts";
import { ObjectTooLargeError } from "./object-failure.ts";

/** Largest object that one `CopyObject` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** Where objects are copied from and to. */
export interface CopyOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** What of the keys is replaced by the target's prefix. */
  readonly prefix: string;
  readonly target: OutputPlace;
}

/**
 * Copies an object as it was listed, with its metadata and tags. Doing it again is harmless.
 *
 * @throws ObjectTooLargeError above {@link MAX_COPY_BYTES}; what `CopyObject` throws, `PreconditionFailed` if the object was
 * replaced since it was listed.
 */
export async function copyObject(
  { client, bucket, prefix, target }: CopyOptions,
  { key, size, etag }: ListedObject,
  abortSignal: AbortSignal,
): Promise<void> {
  if (size > MAX_COPY_BYTES) throw new ObjectTooLargeError(key, size, MAX_COPY_BYTES);
  await client.send(
    new CopyObjectCommand({
      Bucket: target.bucket,
      Key: target.prefix + key.slice(prefix.length),
      CopySource: copySource(bucket, key),
      ...(etag !== "" && { CopySourceIfMatch: `"${etag}"` }),
    }),
    { abortSignal },
  );
}

/** The SDK sends it as it is, and it must be URL-encoded. */
function copySource(bucket: string, key: string): string {
  return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}
