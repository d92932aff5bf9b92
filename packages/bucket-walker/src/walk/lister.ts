import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { decodeUrlText } from "./key-text.ts";
import type { LearnedRequest } from "./learned-request.ts";
import { type ListedPage, pageOf } from "./listed-page.ts";
import type { PagePool } from "./page-memory.ts";
import { type AskedPage, readAnswerTo, tryAnswer } from "./scan-answer.ts";

/** What is listed. */
export interface Listing {
  readonly bucket: string;
  /** Default: every key. */
  readonly prefix?: string | undefined;
  /** Objects of a page, at most; 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number | undefined;
  /** Where pages' memory comes from, and goes to when they are released. */
  readonly pool?: PagePool | undefined;
}

/** Which page of it. */
export interface PagePlace {
  /** Begin after this key, which need not exist. Empty: at the first. */
  readonly startAfter?: string | undefined;
  /**
   * Begin where an earlier page said that its next begins. Goes before `startAfter`, which takes its place if the token
   * is no longer known.
   */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lists one page.
 *
 * @throws what `ListObjectsV2` throws; `signal.reason` or an `AbortError` when aborted; {@link ListingError} if what
 * came, again and again, is no listing.
 */
export type Lister = (place?: PagePlace) => Promise<ListedPage>;

/**
 * Makes what lists the pages of a bucket. Requests, signatures, retries and errors are the SDK's own, but it is not asked
 * for what it did before: the body of a good answer is read past its parser, which takes ten times as long as all else
 * together; and once a page was answered, the next are asked for as that one was, by the client's own signer and request
 * handler, past its middleware. What is not answered with a listing is given to the SDK as its first attempt, to try
 * again or to make an error of. So middleware that was added to the client sees the first page, and what fails.
 *
 * @example
 * ```ts
 * const list = listerOf(client, { bucket: "photos" });
 * const page = await list({ startAfter: "2024/" });
 * for (let i = 0; i < page.length; i++) console.log(page.key(i), page.size(i));
 * ```
 */
export function listerOf(client: S3Client, listing: Listing): Lister {
  let learned: LearnedRequest | undefined;

  async function pageAt({ startAfter, token, signal }: PagePlace): Promise<ListedPage> {
    const place = token ? { ContinuationToken: token } : startAfter ? { StartAfter: startAfter } : {};
    const asked: AskedPage = { ...listing, signal, learn: (request) => (learned ??= request) };
    if (learned) await tryAnswer(asked, learned.answer(place, signal));
    if (asked.page) return asked.page;
    const { bucket, prefix, maxKeys } = listing;
    const command = new ListObjectsV2Command({
      Bucket: bucket,
      // Keys may hold characters that XML cannot: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
      EncodingType: "url",
      ...(prefix && { Prefix: prefix }),
      ...place,
      ...(maxKeys !== undefined && { MaxKeys: maxKeys }),
    });
    readAnswerTo(client, command.input, asked);
    const output = await client.send(command, signal ? { abortSignal: signal } : {});
    return asked.page ?? parsedPage(output);
  }

  return async (place = {}) => {
    const { token, startAfter } = place;
    if (token === undefined || startAfter === undefined) return pageAt(place);
    try {
      return await pageAt(place);
    } catch (error) {
      if (!isTokenRefused(error)) throw error;
      return pageAt({ ...place, token: undefined });
    }
  };
}

/** S3 does not say how long a token is good for, and has no error of its own for one that is no longer. */
function isTokenRefused(error: unknown): boolean {
  const { name, $metadata } = error as { name?: unknown; $metadata?: { httpStatusCode?: unknown } };
  return name === "InvalidArgument" && $metadata?.httpStatusCode === 400;
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
