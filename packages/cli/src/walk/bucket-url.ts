import { UsageError } from "../usage-error.ts";

/** A bucket, or the keys of one that begin with a prefix. */
export interface BucketPlace {
  readonly bucket: string;
  readonly prefix: string;
}

/**
 * Reads `s3://BUCKET/PREFIX`. The prefix is taken as it is written: S3 keys are not URL-encoded here.
 *
 * @throws UsageError for anything else.
 */
export function parseBucketUrl(url: string): BucketPlace {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)(?:\/([\s\S]*))?$/.exec(url) ?? [];
  if (bucket !== undefined) return { bucket, prefix };
  throw new UsageError(`${JSON.stringify(url)} must be s3://BUCKET or s3://BUCKET/PREFIX.`);
}

/** The place as it is written on the command line. */
export function bucketUrl({ bucket, prefix }: BucketPlace): string {
  return `s3://${bucket}/${prefix}`;
}
