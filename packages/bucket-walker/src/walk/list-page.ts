import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { decodeUrlText } from "./key-text.ts";
import { type ListedPage, pageOf } from "./listed-page.ts";
import type { PagePool } from "./page-memory.ts";
import { type AskedPage, scanAnswerTo } from "./scan-answer.ts";

/** Which page of a listing is wanted. */
export interface ListPageRequest {
  readonly bucket: string;
  /** Default: every key. */
  readonly prefix?: string | undefined;
  /** Begin after this key, which need not exist. Empty: at the first. */
  readonly startAfter?: string | undefined;
  /**
   * Begin where an earlier page said that its next begins. Goes before `startAfter`, which takes its place if the token
   * is no longer known.
   */
  readonly token?: string | undefined;
  /** At most this many, 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where the page's memory comes from, and goes to when the page is released. */
  readonly pool?: PagePool | undefined;
}

/**
 * Lists one page. Request, signature, retries and errors are the SDK's own; only the body of a good answer is read past
 * it, because its parser takes ten times as long as all else together.
 *
 * @throws what `ListObjectsV2` throws; `signal.reason` or an `AbortError` when aborted; {@link ListingError} if what
 * came, again and again, is no listing.
 *
 * @example
 * ```ts
 * const page = await listPage(client, { bucket: "photos", startAfter: "2024/" });
 * for (let i = 0; i < page.length; i++) console.log(page.key(i), page.size(i));
 * ```
 */
export async function listPage(client: S3Client, request: ListPageRequest): Promise<ListedPage> {
  const { token, startAfter } = request;
  if (token === undefined || startAfter === undefined) return pageAt(client, request);
  try {
    return await pageAt(client, request);
  } catch (error) {
    if (!isTokenRefused(error)) throw error;
    return pageAt(client, { ...request, token: undefined });
  }
}

/** S3 does not say how long a token is good for, and has no error of its own for one that is no longer. */
function isTokenRefused(error: unknown): boolean {
  const { name, $metadata } = error as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  return name === "InvalidArgument" && $metadata?.httpStatusCode === 400;
}

async function pageAt(client: S3Client, request: ListPageRequest): Promise<ListedPage> {
  const { bucket, prefix, startAfter, token, maxKeys, signal, pool } = request;
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    // Keys may hold characters that XML cannot: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
    EncodingType: "url",
    ...(prefix && { Prefix: prefix }),
    ...(token ? { ContinuationToken: token } : startAfter && { StartAfter: startAfter }),
    ...(maxKeys !== undefined && { MaxKeys: maxKeys }),
  });
  const asked: AskedPage = { bucket, pool, signal, page: undefined };
  scanAnswerTo(client, command.input, asked);
  const output = await client.send(command, signal ? { abortSignal: signal } : {});
  return asked.page ?? parsedPage(output);
}

function parsedPage(output: ListObjectsV2CommandOutput): ListedPage {
  const decode = output.EncodingType === "url" ? decodeUrlText : (text: string) => text;
  const objects = (output.Contents ?? []).map((object) => ({
    key: decode(object.Key ?? ""),
    size: object.Size ?? 0,
    lastModified: object.LastModified?.toISOString() ?? "",
    etag: object.ETag?.replaceAll('"', "") ?? "",
    storageClass: object.StorageClass ?? "STANDARD",
  }));
  return pageOf(objects, output.NextContinuationToken, output.IsTruncated);
}
