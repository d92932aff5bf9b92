import { bucketArn, isBucketName, newBucket } from "./bucket.ts";
import { formatLifecycle, parseLifecycle } from "./lifecycle.ts";
import { ownerOf } from "./list-objects.ts";
import { formatNotificationConfiguration, parseNotificationConfiguration } from "./notification-configuration.ts";
import { originOf } from "./notifier.ts";
import { receiveDocument } from "./payload.ts";
import { headerOf, queryInteger, type S3Call, sendEmpty, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { dropUpload, requireBucket, type S3State } from "./s3-state.ts";
import { childText } from "./xml-reader.ts";
import { element, xmlDocument } from "./xml-text.ts";

/** `ListBuckets`, by name; in pages where `max-buckets` asks for them. All buckets are in one region. */
export function listBuckets(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:ListAllMyBuckets", "arn:aws:s3:::*");
  const { query } = call;
  const prefix = query.get("prefix") ?? "";
  const after = Buffer.from(query.get("continuation-token") ?? "", "base64url").toString();
  const region = query.get("bucket-region") ?? s3.region;
  const maxBuckets = queryInteger(call, "max-buckets", { least: 1, most: 10_000, otherwise: 10_000 });
  const buckets = [...s3.buckets.values()]
    .filter(({ name }) => name.startsWith(prefix) && name > after && region === s3.region)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const page = buckets.slice(0, maxBuckets);
  const last = buckets.length > page.length ? page.at(-1) : undefined;
  const content = page.map(
    (bucket) =>
      `<Bucket>${element("Name", bucket.name)}${element("CreationDate", new Date(bucket.createdMs).toISOString())}${element("BucketRegion", s3.region)}${element("BucketArn", bucketArn(bucket.name))}</Bucket>`,
  );
  sendXml(
    call,
    xmlDocument(
      "ListAllMyBucketsResult",
      `${ownerOf(s3)}<Buckets>${content.join("")}</Buckets>` +
        (last === undefined ? "" : element("ContinuationToken", Buffer.from(last.name).toString("base64url"))) +
        element("Prefix", query.get("prefix")),
    ),
  );
}

/** `CreateBucket`. */
export async function createBucket(s3: S3State, call: S3Call): Promise<void> {
  const name = call.bucketName;
  call.service.authorize("s3:CreateBucket", bucketArn(name));
  if (!isBucketName(name)) throw new S3Error("InvalidBucketName", undefined, { BucketName: name });
  const length = call.headers["content-length"];
  const hasBody = length !== undefined && length !== "0";
  if (hasBody) {
    const location = childText(await receiveDocument(call), "LocationConstraint");
    // "EU" is the old name of eu-west-1.
    if (location !== undefined && location !== "EU" && !/^[a-z]{2,}(?:-[a-z]+)+(?:-\d)?$/.test(location)) {
      throw new S3Error("InvalidLocationConstraint", undefined, { LocationConstraint: location });
    }
    if (location !== undefined && location !== s3.region) {
      throw new S3Error(
        "IllegalLocationConstraintException",
        `The ${location} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    }
  }
  // us-east-1 answers a repeated CreateBucket of one's own bucket with success, every other region with an error.
  if (!s3.buckets.has(name)) s3.buckets.set(name, newBucket(name, s3.now()));
  else if (s3.region !== "us-east-1") throw new S3Error("BucketAlreadyOwnedByYou", undefined, { BucketName: name });
  sendEmpty(call, 200, { location: `/${name}`, "content-length": 0, "x-amz-bucket-arn": bucketArn(name) });
}

/** `HeadBucket`. */
export function headBucket(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:ListBucket", bucketArn(call.bucketName));
  requireBucket(s3, call.bucketName);
  sendEmpty(call, 200, {
    "x-amz-bucket-region": s3.region,
    "x-amz-bucket-arn": bucketArn(call.bucketName),
    "x-amz-access-point-alias": "false",
  });
}

/** `DeleteBucket`: only an empty one; uploads in progress go with it. */
export function deleteBucket(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:DeleteBucket", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  if (bucket.objects.size > 0) throw new S3Error("BucketNotEmpty", undefined, { BucketName: bucket.name });
  for (const id of [...bucket.uploads.keys()]) dropUpload(s3, bucket, id);
  s3.buckets.delete(bucket.name);
  sendEmpty(call, 204);
}

/** `GetBucketLocation`; the oldest region has an empty one. */
export function getBucketLocation(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:GetBucketLocation", bucketArn(call.bucketName));
  requireBucket(s3, call.bucketName);
  sendXml(call, xmlDocument("LocationConstraint", s3.region === "us-east-1" ? "" : s3.region));
}

/** `GetBucketVersioning`: never enabled. */
export function getBucketVersioning(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:GetBucketVersioning", bucketArn(call.bucketName));
  requireBucket(s3, call.bucketName);
  sendXml(call, xmlDocument("VersioningConfiguration", ""));
}

/** `GetBucketNotificationConfiguration`. */
export function getNotificationConfiguration(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:GetBucketNotification", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  sendXml(call, formatNotificationConfiguration(bucket.notificationRules, bucket.isEventBridgeOn));
}

/** `PutBucketNotificationConfiguration`; unless told otherwise, queues and topics get a test event before it answers. */
export async function putNotificationConfiguration(s3: S3State, call: S3Call): Promise<void> {
  call.service.authorize("s3:PutBucketNotification", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  const configuration = parseNotificationConfiguration(await receiveDocument(call));
  const isUnchecked = headerOf(call, "x-amz-skip-destination-validation")?.toLowerCase() === "true";
  await s3.notifier.configure(bucket, configuration, originOf(call), isUnchecked ? "none" : "all");
  sendEmpty(call, 200, { "content-length": 0 });
}

/** `GetBucketLifecycleConfiguration`. */
export function getLifecycle(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:GetLifecycleConfiguration", bucketArn(call.bucketName));
  const { lifecycleRules, name } = requireBucket(s3, call.bucketName);
  if (lifecycleRules === undefined) throw new S3Error("NoSuchLifecycleConfiguration", undefined, { BucketName: name });
  // What a configuration has by default; it is about transitions, which are refused.
  sendXml(call, formatLifecycle(lifecycleRules), {
    "x-amz-transition-default-minimum-object-size": "all_storage_classes_128K",
  });
}

/** `PutBucketLifecycleConfiguration`. */
export async function putLifecycle(s3: S3State, call: S3Call): Promise<void> {
  call.service.authorize("s3:PutLifecycleConfiguration", bucketArn(call.bucketName));
  const bucket = requireBucket(s3, call.bucketName);
  bucket.lifecycleRules = parseLifecycle(await receiveDocument(call, { mustHaveDigest: true }), s3.newId);
  sendEmpty(call, 200, { "content-length": 0 });
}

/** `DeleteBucketLifecycle`. */
export function deleteLifecycle(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:PutLifecycleConfiguration", bucketArn(call.bucketName));
  requireBucket(s3, call.bucketName).lifecycleRules = undefined;
  sendEmpty(call, 204);
}
