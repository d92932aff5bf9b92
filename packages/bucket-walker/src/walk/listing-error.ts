import { LonghaulError } from "@longhaul/core";

/** An answer to `ListObjectsV2` that is no whole listing, though it says it is a good one. The SDK tries it again. */
export class ListingError extends LonghaulError {
  /** What the SDK's retry strategy looks at. */
  readonly $retryable = { throttling: false };

  constructor(bucket: string, bytes: number) {
    super(
      "LISTING",
      `s3://${bucket}: a listing was answered with ${bytes} bytes that are no whole ListBucketResult. If it stays so, look at what stands between here and S3.`,
    );
  }
}

/** Keys came in another order than UTF-8's, or ones that were not asked for. Only a serial walk gets through such a bucket. */
export class ListingOrderError extends LonghaulError {
  constructor(before: string, key: string) {
    super(
      "LISTING_ORDER",
      `${JSON.stringify(key)} was listed after ${JSON.stringify(before)}. A parallel walk needs a bucket that lists in UTF-8 order and knows StartAfter; directory buckets do not. Walk it with mode "serial".`,
    );
  }
}

/** A page says that more follow, but not where: asked for again, it would come again for ever. */
export class ListingEndlessError extends LonghaulError {
  constructor(after: string) {
    super(
      "LISTING_ENDLESS",
      `The page behind ${JSON.stringify(after)} has no key, and no token that leads on, but says that it is not the last. What answers does not do as S3 does.`,
    );
  }
}
