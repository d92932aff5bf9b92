import type { Readable } from "node:stream";
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { decodeUrlText } from "./key-text.ts";
import { type ListedPage, pageOf } from "./listed-page.ts";
import { ListingError } from "./listing-error.ts";
import { scanListing } from "./scan-listing.ts";

/** Which page of a listing is wanted. */
export interface ListPageRequest {
  readonly bucket: string;
  /** Default: every key. */
  readonly prefix?: string | undefined;
  /** Begin after this key, which need not exist. Empty: at the first. */
  readonly startAfter?: string | undefined;
  /** Begin where an earlier page said that its next begins; goes before `startAfter`. */
  readonly token?: string | undefined;
  /** At most this many, 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number | undefined;
  readonly signal?: AbortSignal | undefined;
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
  const { bucket, prefix, startAfter, token, maxKeys, signal } = request;
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
      const body = await bytesOf(response.body, signal);
      // S3 may notice an error after it has said 200; the SDK knows such answers.
      if (body.subarray(-16).toString("latin1").trimEnd().endsWith("</Error>")) {
        response.body = body;
        return answer;
      }
      const scanned = scanListing(body);
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

async function bytesOf(body: Readable | Uint8Array, signal: AbortSignal | undefined): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  // The SDK watches the signal only until the answer begins.
  const stop = () => body.destroy(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
