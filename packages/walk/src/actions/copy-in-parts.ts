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
import { type CallOptions, call } from "@longhaul/core/parts";
import type { CallScope } from "../runs/call-scope.ts";

/** Bytes of a part, unless there would be too many. Parts of this size are copied in some seconds each. */
const PART_BYTES = 256 * 1024 ** 2;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const MAX_PARTS = 10_000;
/** Parts of one object that are copied at once. */
export const PARTS_AT_ONCE = 16;

/** S3 copies many times as fast; what takes longer has stopped. */
const LEAST_BYTES_PER_MS = 10_000;
/** Time of a request beside the copying, in milliseconds. */
const REQUEST_MS = 30_000;

/** The longest time that copying so many bytes takes, in milliseconds. */
export function copyTimeMs(bytes: number): number {
  return bytes / LEAST_BYTES_PER_MS;
}

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
  /** The machine's clock. */
  readonly host?: CallScope["host"];
}

/**
 * Copies an object in parts, inside S3, with its metadata and tags: what `CopyObject` does of its own accord for objects
 * that are small enough for it. Nothing is left behind if it fails, or is aborted, unless this process is killed.
 *
 * @throws what S3 throws, `PreconditionFailed` if the object was replaced since it was listed; the signal's reason.
 */
export async function copyInParts(copy: PartsCopy, signal: AbortSignal): Promise<void> {
  const { client, target } = copy;
  const Upload = { Bucket: target.bucket, Key: target.key };
  const described = await descriptionOf(copy, signal);
  const create = new CreateMultipartUploadCommand({ ...Upload, ...described });
  const made = await request(copy, (abortSignal) => client.send(create, { abortSignal }), { kind: "control", signal });
  const { UploadId } = made;
  try {
    const Parts = await copyParts(copy, UploadId, signal);
    const whole = new CompleteMultipartUploadCommand({ ...Upload, UploadId, MultipartUpload: { Parts } });
    await request(copy, (abortSignal) => client.send(whole, { abortSignal }), { kind: "long-operation", signal });
  } catch (error) {
    // It fails if the upload was completed and only the answer is missing. The first error says more than this one.
    const abort = new AbortMultipartUploadCommand({ ...Upload, UploadId });
    const send = (abortSignal: AbortSignal) => client.send(abort, { abortSignal });
    await request(copy, send, { kind: "control", attempts: 2 }).catch(() => {});
    throw error;
  }
}

interface PartRequest extends Pick<CallOptions, "kind" | "signal" | "attempts"> {
  /** Bytes that S3 copies before it answers. */
  readonly bytes?: number;
}

/** Makes a request, again while S3 refuses it for now: a copy of many parts is not begun anew for one of them. */
function request<Answer>(
  { host }: PartsCopy,
  send: (abortSignal: AbortSignal) => Promise<Answer>,
  { bytes = 0, ...options }: PartRequest,
): Promise<Answer> {
  const limitMs = REQUEST_MS + copyTimeMs(bytes);
  return call(send, { name: "A copy in parts", budgetMs: () => limitMs, host, ...options });
}

/** Headers that the copy is created with: https://docs.aws.amazon.com/AmazonS3/latest/userguide/CopyingObjectsMPUapi.html */
async function descriptionOf(copy: PartsCopy, signal: AbortSignal) {
  const { client, source, ifMatch } = copy;
  const Source = { Bucket: source.bucket, Key: source.key };
  const headOf = new HeadObjectCommand({ ...Source, IfMatch: ifMatch });
  const asking = { kind: "control", signal } as const;
  const head = await request(copy, (abortSignal) => client.send(headOf, { abortSignal }), asking);
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata } = head;
  const tagsOf = new GetObjectTaggingCommand(Source);
  const tagging = await request(copy, (abortSignal) => client.send(tagsOf, { abortSignal }), asking);
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
  copy: PartsCopy,
  UploadId: string | undefined,
  abortSignal: AbortSignal,
): Promise<CompletedPart[]> {
  const { client, source, copySource, ifMatch, target, partBytes = PART_BYTES } = copy;
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
      const send = (abortSignal: AbortSignal) => client.send(part, { abortSignal });
      const answer = await request(copy, send, { kind: "long-operation", signal, bytes });
      const { CopyPartResult: { LastModified, ...copied } = {} } = answer;
      parts[index] = { PartNumber: index + 1, ...copied };
    }
  };
  const copying = Array.from({ length: PARTS_AT_ONCE }, copyNext);
  try {
    await Promise.all(copying);
  } finally {
    stop.abort();
    // Aborting an upload is final only when nothing is added to it any more.
    await Promise.allSettled(copying);
  }
  return parts;
}
