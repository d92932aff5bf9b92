import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";

/** Bytes of a part, unless there would be too many. Parts of this size are copied in some seconds each. */
const PART_BYTES = 256 * 1024 ** 2;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;
/** Parts of one object that are copied at once. */
const PARTS_AT_ONCE = 16;

/** An object, and where it is copied to. */
export interface PartsCopy {
  readonly client: S3Client;
  readonly source: { readonly bucket: string; readonly key: string; readonly size: number };
  /** Its bucket and key as `CopySource` takes them, and its ETag as it was listed. */
  readonly copySource: string;
  readonly ifMatch: string | undefined;
  readonly target: { readonly bucket: string; readonly key: string };
  /** Bytes of a part, at least. Default: 256 MiB. */
  readonly partBytes?: number | undefined;
}

/**
 * Copies an object in parts, inside S3, with its metadata and tags: what `CopyObject` does of its own accord for objects
 * that are small enough for it. Nothing is left behind if it fails, or is aborted, unless this process is killed.
 *
 * @throws what S3 throws, `PreconditionFailed` if the object was replaced since it was listed; the signal's reason.
 */
export async function copyInParts(copy: PartsCopy, abortSignal: AbortSignal): Promise<void> {
  const { client, target } = copy;
  const Upload = { Bucket: target.bucket, Key: target.key };
  const described = await descriptionOf(copy, abortSignal);
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...Upload, ...described }), {
    abortSignal,
  });
  try {
    const Parts = await copyParts(copy, UploadId, abortSignal);
    const whole = { ...Upload, UploadId, MultipartUpload: { Parts } };
    await client.send(new CompleteMultipartUploadCommand(whole), { abortSignal });
  } catch (error) {
    // In vain if it was completed and only the answer is missing; and what went wrong is worth more than this.
    await client.send(new AbortMultipartUploadCommand({ ...Upload, UploadId })).catch(() => {});
    throw error;
  }
}

/** What the copy is created with: https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html */
async function descriptionOf({ client, source, ifMatch }: PartsCopy, abortSignal: AbortSignal) {
  const Source = { Bucket: source.bucket, Key: source.key };
  const head = await client.send(new HeadObjectCommand({ ...Source, IfMatch: ifMatch }), { abortSignal });
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata } = head;
  const tagging = await client.send(new GetObjectTaggingCommand(Source), { abortSignal });
  const tags = (tagging.TagSet ?? []).map(({ Key = "", Value = "" }) => [Key, Value].map(encodeURIComponent).join("="));
  const expiresAt = new Date(head.ExpiresString ?? Number.NaN);
  return {
    CacheControl,
    ContentDisposition,
    ContentEncoding,
    ContentLanguage,
    ContentType,
    Metadata,
    ...(!Number.isNaN(expiresAt.getTime()) && { Expires: expiresAt }),
    ...(tags.length > 0 && { Tagging: tags.join("&") }),
  };
}

async function copyParts(
  { client, source, copySource, ifMatch, target, partBytes = PART_BYTES }: PartsCopy,
  UploadId: string | undefined,
  abortSignal: AbortSignal,
): Promise<CompletedPart[]> {
  const bytes = Math.max(partBytes, Math.ceil(source.size / MAX_PARTS));
  const parts: CompletedPart[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([abortSignal, stop.signal]);
  let next = 0;
  const copyNext = async (): Promise<void> => {
    for (let index = next++; index * bytes < source.size; index = next++) {
      const last = Math.min((index + 1) * bytes, source.size) - 1;
      const part = new UploadPartCopyCommand({
        Bucket: target.bucket,
        Key: target.key,
        UploadId,
        PartNumber: index + 1,
        CopySource: copySource,
        CopySourceIfMatch: ifMatch,
        CopySourceRange: `bytes=${index * bytes}-${last}`,
      });
      const { CopyPartResult: { LastModified, ...copied } = {} } = await client.send(part, { abortSignal: signal });
      parts[index] = { PartNumber: index + 1, ...copied };
    }
  };
  const copying = Array.from({ length: PARTS_AT_ONCE }, copyNext);
  try {
    await Promise.all(copying);
  } finally {
    stop.abort();
    // An upload is aborted for good only when nothing is added to it any more.
    await Promise.allSettled(copying);
  }
  return parts;
}
