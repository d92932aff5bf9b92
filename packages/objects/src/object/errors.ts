import { LonghaulError } from "@longhaul/core";
import type { LonghaulErrorOptions } from "@longhaul/core/errors";

/** There is no such object, or no such bucket. */
export class ObjectNotFoundError extends LonghaulError {
  readonly bucket: string;
  readonly key: string;

  constructor(bucket: string, key: string, isBucketMissing: boolean, options?: LonghaulErrorOptions) {
    const what = isBucketMissing
      ? `There is no bucket ${bucket} (asked for key ${quoted(key)})`
      : `There is no object ${quoted(key)} in bucket ${bucket}`;
    super("OBJECT_NOT_FOUND", `${what}. Keys in S3 notifications are URL-encoded: decode them before use.`, options);
    this.bucket = bucket;
    this.key = key;
  }
}

/** S3 refuses: the role lacks a permission. */
export class ObjectAccessDeniedError extends LonghaulError {
  readonly bucket: string;
  readonly key: string;
  /** The IAM action that is probably missing. */
  readonly permission: string;

  constructor(bucket: string, key: string, permission: string, options?: LonghaulErrorOptions) {
    super(
      "OBJECT_ACCESS_DENIED",
      `Access to ${quoted(key)} in bucket ${bucket} was denied. The role needs ${permission} on ${bucket}/*, and kms:Decrypt ` +
        `(kms:GenerateDataKey to write) if a KMS key encrypts it. Without s3:ListBucket on the bucket S3 says this for a missing key too.`,
      options,
    );
    this.bucket = bucket;
    this.key = key;
    this.permission = permission;
  }
}

/** The object was replaced: its ETag is not the one the run began with, so a position in it means nothing any more. */
export class ObjectChangedError extends LonghaulError {
  override readonly isPermanent = true;
  readonly bucket: string;
  readonly key: string;
  /** The ETag the run began with. */
  readonly expectedEtag: string;
  /** The ETag now, if S3 said it. */
  readonly foundEtag: string | undefined;

  constructor(bucket: string, key: string, expectedEtag: string, foundEtag?: string, options?: LonghaulErrorOptions) {
    super(
      "OBJECT_CHANGED",
      `Object ${quoted(key)} in bucket ${bucket} was replaced during the run: its ETag was ${expectedEtag}` +
        `${foundEtag === undefined ? "" : ` and is ${foundEtag}`}. Start over on the new object, or keep objects unchanged while they are read.`,
      options,
    );
    this.bucket = bucket;
    this.key = key;
    this.expectedEtag = expectedEtag;
    this.foundEtag = foundEtag;
  }
}

/** The object is in an archive class and must be restored before it can be read. */
export class ObjectArchivedError extends LonghaulError {
  constructor(bucket: string, key: string, options?: LonghaulErrorOptions) {
    super(
      "OBJECT_ARCHIVED",
      `Object ${quoted(key)} in bucket ${bucket} is archived. Restore it (RestoreObject), then run again.`,
      options,
    );
  }
}

/** Reading broke off, and trying again did not help. The position reached is valid; another hop can continue from it. */
export class ObjectReadError extends LonghaulError {
  /** First byte that was not received. */
  readonly atByte: number;

  constructor(bucket: string, key: string, atByte: number, attempts: number, cause: unknown) {
    super(
      "OBJECT_READ",
      `Reading ${quoted(key)} in bucket ${bucket} broke off at byte ${atByte}, after ${attempts} attempt(s) without progress: ` +
        `${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    this.atByte = atByte;
  }
}

/** A key as messages show it: quoted, control characters escaped, shortened. */
export function quoted(key: string): string {
  return JSON.stringify(key.length > 200 ? `${key.slice(0, 200)}...` : key);
}
