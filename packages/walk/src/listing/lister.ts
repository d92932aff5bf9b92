import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from "@aws-sdk/client-s3";
import { type CallOptions, call } from "@longhaul/core/parts";
import { decodeUrlText } from "./key-text.ts";
import type { LearnedRequest } from "./learned-request.ts";
import { type ListedPage, pageOf } from "./listed-page.ts";
import { ListingTrouble } from "./listing-trouble.ts";
import type { PagePool } from "./page-memory.ts";
import { type AskedPage, readAnswerTo, tryAnswer } from "./scan-answer.ts";

/** Most objects of a page: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export const MAX_PAGE_KEYS = 1_000;

/** The place that is listed, and how. */
export interface ListedPlace {
  readonly bucket: string;
  /** Default: every key. */
  readonly prefix?: string | undefined;
  /** Objects of a page, at most; 1 to 1,000. Default 1,000. */
  readonly maxKeys?: number | undefined;
  /** Where pages' memory comes from, and goes to when they are released. */
  readonly pool?: PagePool | undefined;
  /** Time that a page may take with all tries, in milliseconds; asked before each. Default: no limit. */
  readonly budgetMs?: (() => number) | undefined;
  /** Most tries of a page. Default: as many as the budget allows, and 5 without one. */
  readonly attempts?: number | undefined;
  /** The machine's clock, for limits. */
  readonly host?: CallOptions["host"];
}

/** Which page of it. */
export interface PagePlace {
  /** Begin after this key, which need not exist. Empty: at the first. */
  readonly startAfter?: string | undefined;
  /** Begin where an earlier page said that its next begins. Goes before `startAfter`. */
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Lists one page. Each request has a time limit of its own, and is made again where that may help.
 *
 * @throws what `ListObjectsV2` throws; `CallTimeoutError` if it was not answered in time; `signal.reason` when aborted;
 * {@link ListingError} if what came is no listing.
 */
export type Lister = (place?: PagePlace) => Promise<ListedPage>;

/**
 * Makes what lists the pages of a bucket. Requests, signatures and errors are the SDK's own, but it is not asked
 * for what it did before: the body of a good answer is read past its parser, which takes ten times as long as all else
 * together; and once a page was answered, the next are asked for as that one was, by the client's own signer and request
 * handler, past its middleware. What is not answered with a listing is given to the SDK as its first attempt, to make an
 * error of. So middleware that was added to the client sees the first page, and what fails.
 *
 * @example
 * ```ts
 * const list = listerOf(client, { bucket: "photos" });
 * const page = await list({ startAfter: "2024/" });
 * for (let i = 0; i < page.length; i++) console.log(page.key(i), page.size(i));
 * ```
 */
export function listerOf(client: S3Client, listing: ListedPlace): Lister {
  let learned: LearnedRequest | undefined;

  async function pageAt({ startAfter, token }: PagePlace, signal: AbortSignal): Promise<ListedPage> {
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
    const output = await client.send(command, { abortSignal: signal });
    return asked.page ?? parsedPage(output);
  }

  const { budgetMs, attempts, host } = listing;
  return (place = {}) => {
    const trouble = new ListingTrouble();
    return call((signal) => pageAt(place, signal), {
      ...{ name: "S3 ListObjectsV2", kind: "control", budgetMs, attempts, host, signal: place.signal },
      retryable: (error) => trouble.worthRepeating(error),
    });
  };
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
