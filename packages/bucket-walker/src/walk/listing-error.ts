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
