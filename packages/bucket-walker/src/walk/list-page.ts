import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { decodeUrlText } from "./key-text.ts";
import { type ListedPage, pageOf } from "./listed-page.ts";
import { ListingError } from "./listing-error.ts";
import { PageMemory, type PagePool } from "./page-memory.ts";
import { scanListing } from "./scan-listing.ts";

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
  const options = signal ? { abortSignal: signal } : {};
  // Such a client would run for every command what was added to the first.
  if (client.config.cacheMiddleware) return parsedPage(await client.send(command, options));
  let page = pageOf([]);
  command.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const response = answer.response as { statusCode: number; body: Readable | Uint8Array };
      if (response.statusCode !== 200) return answer;
      const memory = await bodyOf(response.body, pool?.take() ?? new PageMemory(), signal);
      const body = memory.body.subarray(0, memory.bodyBytes);
      // S3 may notice an error after it has said 200; the SDK knows such answers.
      if (body.subarray(-16).toString("latin1").trimEnd().endsWith("</Error>")) {
        response.body = body;
        return answer;
      }
      const scanned = scanListing(memory, pool);
      if (scanned === undefined) throw new ListingError(bucket, body.length);
      page = scanned;
      // The SDK takes no body for a listing of nothing.
      response.body = new Uint8Array();
      return answer;
    },
    { step: "deserialize", name: "scanListing" },
  );
  await client.send(command, options);
  return page;
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

async function bodyOf(
  body: Readable | Uint8Array,
  memory: PageMemory,
  signal: AbortSignal | undefined,
): Promise<PageMemory> {
  if (body instanceof Uint8Array) {
    memory.append(body);
    return memory;
  }
  // The SDK watches the signal only until the answer begins.
  const stop = () => body.destroy(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  body.on("data", (chunk: Buffer) => memory.append(chunk));
  try {
    await finished(body);
    return memory;
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
