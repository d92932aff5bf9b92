import { objectArn, type StoredObject } from "./bucket.ts";
import { checksumHeader } from "./checksum.ts";
import { expirationHeader } from "./lifecycle.ts";
import { readDescription } from "./object-description.ts";
import { receiveBody } from "./payload.ts";
import { checkWrite, type WriteConditions, writeConditions } from "./preconditions.ts";
import { headerOf, type S3Call, sendEmpty } from "./s3-call.ts";
import { commitObject, requireBucket, type S3State } from "./s3-state.ts";

/**
 * Reads the conditions of a write and asks for the permissions it takes.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html - `If-Match` also takes `s3:GetObject`
 */
export function authorizeWrite(call: S3Call): WriteConditions {
  const arn = objectArn(call.bucketName, call.key);
  const conditions = writeConditions(headerOf(call, "if-match"), headerOf(call, "if-none-match"));
  call.service.authorize("s3:PutObject", arn);
  if (conditions.ifMatch !== undefined) call.service.authorize("s3:GetObject", arn);
  if (headerOf(call, "x-amz-tagging") !== undefined) call.service.authorize("s3:PutObjectTagging", arn);
  return conditions;
}

/** `PutObject`: conditions are checked before the body is read, and again, with effect, when it is complete. */
export async function putObject(s3: S3State, call: S3Call): Promise<void> {
  const conditions = authorizeWrite(call);
  const bucket = requireBucket(s3, call.bucketName);
  const before = bucket.objects.get(call.key);
  checkWrite(conditions, before, call.key);
  const description = readDescription(call);
  const { body, md5, checksum } = await receiveBody(call, s3.blobs);
  const object: StoredObject = {
    headers: description.headers,
    storageClass: description.storageClass,
    tags: description.tags,
    body,
    etag: md5.toString("hex"),
    lastModifiedMs: s3.now(),
    checksum: { algorithm: checksum.algorithm, type: "FULL_OBJECT", value: checksum.value },
    partSizes: undefined,
  };
  commitObject(s3, bucket, call.key, object, conditions, before);
  s3.notifier.objectCreated(bucket, call, object, "Put");
  sendEmpty(call, 200, {
    "content-length": 0,
    etag: `"${object.etag}"`,
    "x-amz-server-side-encryption": "AES256",
    [checksumHeader(checksum.algorithm)]: checksum.value,
    "x-amz-checksum-type": "FULL_OBJECT",
    ...expirationHeader(bucket, call.key, object.lastModifiedMs),
  });
}
