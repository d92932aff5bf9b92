import { objectArn } from "./bucket.ts";
import { receiveDocument } from "./payload.ts";
import { type S3Call, sendEmpty, sendXml } from "./s3-call.ts";
import { requireBucket, requireObject, type S3State } from "./s3-state.ts";
import { formatTagging, parseTagging } from "./tags.ts";

/** `GetObjectTagging`. */
export function getObjectTagging(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:GetObjectTagging", objectArn(call.bucketName, call.key));
  const object = requireObject(call, requireBucket(s3, call.bucketName), call.key);
  sendXml(call, formatTagging(object.tags));
}

/** `PutObjectTagging`: replaces the tags; entity tag and date of the object stay. */
export async function putObjectTagging(s3: S3State, call: S3Call): Promise<void> {
  call.service.authorize("s3:PutObjectTagging", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  requireObject(call, bucket, call.key);
  const tags = parseTagging(await receiveDocument(call));
  const object = requireObject(call, bucket, call.key);
  bucket.objects.set(call.key, { ...object, tags });
  s3.notifier.objectTagged(bucket, call, object, "Put");
  sendEmpty(call, 200, { "content-length": 0 });
}

/** `DeleteObjectTagging`. */
export function deleteObjectTagging(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:DeleteObjectTagging", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  const object = requireObject(call, bucket, call.key);
  bucket.objects.set(call.key, { ...object, tags: [] });
  s3.notifier.objectTagged(bucket, call, object, "Delete");
  sendEmpty(call, 204);
}
