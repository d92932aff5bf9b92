import type { BlobStore } from "./blob-store.ts";
import { type Bucket, bucketArn, type StoredObject } from "./bucket.ts";
import type { Notifier } from "./notifier.ts";
import { checkWrite, type WriteConditions } from "./preconditions.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";

/** Everything the operations share. */
export interface S3State {
  readonly buckets: Map<string, Bucket>;
  readonly blobs: BlobStore;
  readonly notifier: Notifier;
  readonly region: string;
  readonly accountId: string;
  readonly now: () => number;
  readonly newId: () => string;
  /** Whether a listing refuses a `StartAfter` that is not plain text. */
  readonly isStartAfterStrict: boolean;
}

/** @throws S3Error `NoSuchBucket`. */
export function requireBucket(s3: S3State, name: string): Bucket {
  const bucket = s3.buckets.get(name);
  if (bucket === undefined) throw new S3Error("NoSuchBucket", undefined, { BucketName: name });
  return bucket;
}

/**
 * The object a call reads.
 *
 * @throws S3Error `NoSuchKey`; `AccessDenied` instead for a caller who may not list the bucket, as S3 hides what is absent.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html - "If the object you request doesn't exist"
 */
export function requireObject(call: S3Call, bucket: Bucket, key: string): StoredObject {
  const versionId = call.query.get("versionId");
  if (isUnknownVersion(versionId)) throw invalidVersion(versionId);
  const object = bucket.objects.get(key);
  if (object !== undefined) return object;
  call.service.authorize("s3:ListBucket", bucketArn(bucket.name));
  throw new S3Error("NoSuchKey", undefined, { Key: key });
}

/** Whether it is any version but `null`: buckets here keep one version, and that is its id. */
export function isUnknownVersion(versionId: string | undefined): versionId is string {
  return versionId !== undefined && versionId !== "null";
}

/** The error for a version id that no bucket without versions has. */
export function invalidVersion(versionId: string): S3Error {
  return new S3Error("InvalidArgument", "Invalid version id specified", {
    ArgumentName: "versionId",
    ArgumentValue: versionId,
  });
}

/**
 * Puts an object at its key in one step, if the conditions of the write hold now. Takes over the body: it is released
 * where this throws.
 *
 * @param before - the object at the key when the write began.
 */
export function commitObject(
  s3: S3State,
  bucket: Bucket,
  key: string,
  object: StoredObject,
  conditions: WriteConditions,
  before: StoredObject | undefined,
): void {
  try {
    if (s3.buckets.get(bucket.name) !== bucket) {
      throw new S3Error("NoSuchBucket", undefined, { BucketName: bucket.name });
    }
    checkWrite(conditions, bucket.objects.get(key), key, before);
  } catch (error) {
    s3.blobs.release(object.body);
    throw error;
  }
  const replaced = bucket.objects.set(key, object);
  if (replaced !== undefined) s3.blobs.release(replaced.body);
}

/** Removes an object; `undefined` if there was none. */
export function removeObject(s3: S3State, bucket: Bucket, key: string): StoredObject | undefined {
  const removed = bucket.objects.delete(key);
  if (removed !== undefined) s3.blobs.release(removed.body);
  return removed;
}

/** Ends a multipart upload and gives up its parts. */
export function dropUpload(s3: S3State, bucket: Bucket, uploadId: string): void {
  const upload = bucket.uploads.get(uploadId);
  if (upload === undefined) return;
  bucket.uploads.delete(uploadId);
  for (const part of upload.parts.values()) s3.blobs.release(part.body);
  upload.parts.clear();
}
