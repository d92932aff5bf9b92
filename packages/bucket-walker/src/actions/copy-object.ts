import { CopyObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { OutputPlace } from "../report/output-place.ts";
import type { ListedObject } from "../walk/listed-page.ts";
import { copyInParts } from "./copy-in-parts.ts";

/** Largest object that one `CopyObject` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** Where objects are copied from and to. */
export interface CopyOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** What of the keys is replaced by the target's prefix. */
  readonly prefix: string;
  readonly target: OutputPlace;
  /** What one request copies, and bytes of a part of what is larger. Default: as much as S3 takes, and 256 MiB. */
  readonly sizes?: { readonly maxCopyBytes: number; readonly partBytes: number };
}

/**
 * Copies an object as it was listed, with its metadata and tags. Doing it again is harmless.
 *
 * @throws what S3 throws, `PreconditionFailed` if the object was replaced since it was listed.
 */
export async function copyObject(
  { client, bucket, prefix, target, sizes }: CopyOptions,
  { key, size, etag }: ListedObject,
  abortSignal: AbortSignal,
): Promise<void> {
  const to = { bucket: target.bucket, key: target.prefix + key.slice(prefix.length) };
  const copySource = copySourceOf(bucket, key);
  const ifMatch = etag === "" ? undefined : `"${etag}"`;
  if (size > (sizes?.maxCopyBytes ?? MAX_COPY_BYTES)) {
    const partBytes = sizes?.partBytes;
    return copyInParts(
      { client, source: { bucket, key, size }, copySource, ifMatch, target: to, partBytes },
      abortSignal,
    );
  }
  await client.send(
    new CopyObjectCommand({ Bucket: to.bucket, Key: to.key, CopySource: copySource, CopySourceIfMatch: ifMatch }),
    { abortSignal },
  );
}

/** The SDK sends it as it is, and it must be URL-encoded. */
function copySourceOf(bucket: string, key: string): string {
  return `${bucket}/${key.split("/").map(encodeURIComponent).join("/")}`;
}
