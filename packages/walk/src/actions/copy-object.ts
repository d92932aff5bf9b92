import { CopyObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../listing/listed-page.ts";
import type { OutputPlace } from "../report/output-place.ts";
import type { CallScope } from "../runs/call-scope.ts";
import { copyInParts, copyTimeMs } from "./copy-in-parts.ts";
import { tryLimitMs } from "./try-object.ts";

/** Largest object that one `CopyObject` takes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
const MAX_COPY_BYTES = 5 * 1024 ** 3;

/** Where objects are copied from and to. */
export interface CopyOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Beginning of the keys that the target's prefix replaces. */
  readonly prefix: string;
  readonly target: OutputPlace;
  /** Most bytes that one request copies, and bytes of an upload part of larger objects. Default: as much as S3 takes, and 256 MiB. */
  readonly sizes?: { readonly maxCopyBytes: number; readonly partBytes: number };
  /** The machine's clock. */
  readonly host?: CallScope["host"];
}

/** Share of an invocation that a copy in parts may use: it is tried once in each. */
const SHARE_IN_PARTS = 0.9;

/** The longest time that a copy may take, in milliseconds, in an invocation with so much time for work. */
export function copyLimitMs({ size }: Pick<ListedObject, "size">, timeoutMs: number, usableMs: number): number {
  if (size > MAX_COPY_BYTES) return SHARE_IN_PARTS * usableMs;
  return tryLimitMs(timeoutMs + copyTimeMs(size), usableMs);
}

/**
 * Copies an object as it was listed, with its metadata and tags. Doing it again is harmless.
 *
 * @throws what S3 throws, `PreconditionFailed` if the object was replaced since it was listed.
 */
export async function copyObject(
  { client, bucket, prefix, target, sizes, host }: CopyOptions,
  { key, size, etag }: ListedObject,
  abortSignal: AbortSignal,
): Promise<void> {
  const to = { bucket: target.bucket, key: target.prefix + key.slice(prefix.length) };
  const copySource = copySourceOf(bucket, key);
  const ifMatch = etag === "" ? undefined : `"${etag}"`;
  if (size > (sizes?.maxCopyBytes ?? MAX_COPY_BYTES)) {
    const partBytes = sizes?.partBytes;
    return copyInParts(
      { client, source: { bucket, key, size }, copySource, ifMatch, target: to, partBytes, host },
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
