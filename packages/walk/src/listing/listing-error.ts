import { LonghaulError } from "@longhaul/core";

/** An answer to `ListObjectsV2` that is no whole listing, though it says it is a good one. It is asked for again. */
export class ListingError extends LonghaulError {
  /** Read by the retry strategy of an SDK client that makes retries of its own. */
  readonly $retryable = { throttling: false };

  constructor(bucket: string, bytes: number) {
    super(
      "LISTING",
      `s3://${bucket}: a listing was answered with ${bytes} bytes that are no whole ListBucketResult. If this persists, check the proxies between here and S3.`,
    );
  }
}

/** Keys came in another order than UTF-8's, or ones that were not asked for. Only a serial walk gets through such a bucket. */
export class ListingOrderError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(before: string, key: string) {
    super(
      "LISTING_ORDER",
      `${JSON.stringify(key)} was listed after ${JSON.stringify(before)}. Listing in parallel needs a bucket that lists in UTF-8 order and knows StartAfter; directory buckets do not. List it page by page: with mode "serial" of bucketWalk(), or with the SDK's paginator.`,
    );
  }
}

/** A page says that more follow, but not where: asked for again, it would come again for ever. */
export class ListingEndlessError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(after: string) {
    super(
      "LISTING_ENDLESS",
      `The page behind ${JSON.stringify(after)} has no key, and no token that leads on, but says that it is not the last. What answers does not do as S3 does.`,
    );
  }
}

/** A listed key is no UTF-8, so no text could name the object. S3 itself takes no such keys. */
export class ListingKeyError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(key: string, cause: unknown) {
    super(
      "LISTING_KEY",
      `The key ${JSON.stringify(key.slice(0, 200))} (URL-encoded) is not UTF-8, so no request could name its object. Rename it in the store, or walk the prefixes beside it.`,
      { cause },
    );
  }
}

/** No request of a listing was answered for a long time. */
export class ListingSilentError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(bucket: string, silentMs: number, cause: unknown) {
    const last = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      "LISTING_SILENT",
      `s3://${bucket}: no list request succeeded for ${Math.round(silentMs / 1_000)} s, the last one because of ${last}. Check the network and the endpoint, or raise giveUpAfterMs. The listing's cursor leads on from here.`,
      { cause },
    );
  }
}

/** A cursor is not one of this listing. */
export class ListingCursorError extends LonghaulError {
  override readonly isPermanent = true;

  constructor(problem: string) {
    super("LISTING_CURSOR", `The cursor ${problem}. Give the one that this listing had, or none to begin anew.`);
  }
}
