import { createHash } from "node:crypto";
import type { BlobStore, Body } from "./blob-store.ts";
import { type Bucket, type ObjectDescription, objectArn, type StoredObject } from "./bucket.ts";
import { type ChecksumAlgorithm, checksumAlgorithm, startChecksum } from "./checksum.ts";
import { readConditionsOf } from "./get-object.ts";
import { checkNotArchived, readKeptHeaders, readStorageClass } from "./object-description.ts";
import { MAX_PUT_BYTES } from "./payload.ts";
import { checkCopySource, checkWrite } from "./preconditions.ts";
import { authorizeWrite } from "./put-object.ts";
import { checkKeyLength } from "./route.ts";
import { headerOf, type S3Call, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import {
  commitObject,
  invalidVersion,
  isUnknownVersion,
  requireBucket,
  requireObject,
  type S3State,
} from "./s3-state.ts";
import { parseTaggingHeader } from "./tags.ts";
import { element, xmlDocument } from "./xml-text.ts";

/** The object a copy reads from, its conditions checked. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly key: string;
  readonly object: StoredObject;
}

/**
 * Reads `x-amz-copy-source` and its conditions.
 *
 * @throws S3Error `InvalidArgument`, `NoSuchBucket`, `NoSuchKey`, `PreconditionFailed`.
 */
export function openCopySource(s3: S3State, call: S3Call): CopySource {
  const header = headerOf(call, "x-amz-copy-source") ?? "";
  const [path = "", version] = header.split("?versionId=");
  let decoded: string;
  try {
    decoded = decodeURIComponent(path).replace(/^\//, "");
  } catch {
    throw new S3Error("InvalidArgument", "Invalid copy source encoding.", { ArgumentName: "x-amz-copy-source" });
  }
  const slash = decoded.indexOf("/");
  const key = decoded.slice(slash + 1);
  if (slash < 1 || key === "") {
    throw new S3Error("InvalidArgument", "Invalid copy source object key", { ArgumentName: "x-amz-copy-source" });
  }
  checkKeyLength(key);
  const bucketName = decoded.slice(0, slash);
  call.service.authorize("s3:GetObject", objectArn(bucketName, key));
  const bucket = requireBucket(s3, bucketName);
  if (isUnknownVersion(version)) throw invalidVersion(version);
  const object = requireObject(call, bucket, key);
  checkCopySource(readConditionsOf(call, "x-amz-copy-source-"), object, s3.now());
  checkNotArchived(object, "Operation is not valid for the source object's storage class");
  return { bucket, key, object };
}

/** `CopyObject`: the bytes are shared, not copied. */
export async function copyObject(s3: S3State, call: S3Call): Promise<void> {
  const conditions = authorizeWrite(call);
  const bucket = requireBucket(s3, call.bucketName);
  const before = bucket.objects.get(call.key);
  checkWrite(conditions, before, call.key);
  const { object: source, ...from } = openCopySource(s3, call);
  if (source.body.size > MAX_PUT_BYTES) {
    throw new S3Error(
      "InvalidRequest",
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_PUT_BYTES}`,
    );
  }
  const replacesMetadata = directive(call, "x-amz-metadata-directive") === "REPLACE";
  const replacesTags = directive(call, "x-amz-tagging-directive") === "REPLACE";
  const changesMore = ["x-amz-storage-class", REDIRECT].some((name) => headerOf(call, name) !== undefined);
  if (from.bucket === bucket && from.key === call.key && !replacesMetadata && !replacesTags && !changesMore) {
    throw new S3Error(
      "InvalidRequest",
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const requested = headerOf(call, "x-amz-checksum-algorithm");
  const algorithm =
    requested === undefined ? (source.checksum?.algorithm ?? "CRC64NVME") : checksumAlgorithm(requested);
  const description: ObjectDescription = {
    headers: replacesMetadata ? readKeptHeaders(call.headers) : copiedHeaders(call, source),
    storageClass: readStorageClass(call),
    tags: replacesTags ? parseTaggingHeader(headerOf(call, "x-amz-tagging")) : source.tags,
  };
  const body = s3.blobs.slice(source.body, 0, source.body.size);
  const digests = await digestsOf(s3, source, body, algorithm);
  const object: StoredObject = {
    headers: description.headers,
    storageClass: description.storageClass,
    tags: description.tags,
    body,
    etag: digests.md5.toString("hex"),
    lastModifiedMs: s3.now(),
    checksum: { algorithm, type: "FULL_OBJECT", value: digests.checksum },
    partSizes: undefined,
  };
  commitObject(s3, bucket, call.key, object, conditions, before);
  s3.notifier.objectCreated(bucket, call, object, "Copy");
  sendXml(
    call,
    xmlDocument(
      "CopyObjectResult",
      copyResult(object.etag, object.lastModifiedMs, algorithm, digests.checksum) +
        element("ChecksumType", "FULL_OBJECT"),
    ),
  );
}

const REDIRECT = "x-amz-website-redirect-location";

/**
 * The headers that a copy keeps of its source: all but the redirect, which the request has to repeat.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
function copiedHeaders(call: S3Call, source: StoredObject): StoredObject["headers"] {
  const { [REDIRECT]: _, ...headers } = source.headers;
  const redirect = headerOf(call, REDIRECT);
  return redirect === undefined ? headers : { ...headers, [REDIRECT]: redirect };
}

/** The content of a copy's answer. */
export function copyResult(
  etag: string,
  lastModifiedMs: number,
  algorithm: ChecksumAlgorithm,
  checksum: string,
): string {
  return (
    element("ETag", `"${etag}"`) +
    element("LastModified", new Date(lastModifiedMs).toISOString()) +
    element(`Checksum${algorithm}`, checksum)
  );
}

/** Digests of a body that is already stored. */
export interface BodyDigests {
  readonly md5: Buffer;
  /** In base64. */
  readonly checksum: string;
}

/** Reads a stored body through for its digests. */
export async function digestBody(blobs: BlobStore, body: Body, algorithm: ChecksumAlgorithm): Promise<BodyDigests> {
  const md5 = createHash("md5");
  const checksum = startChecksum(algorithm);
  for await (const chunk of blobs.read(body)) {
    md5.update(chunk);
    checksum.update(chunk);
  }
  return { md5: md5.digest(), checksum: checksum.digest().toString("base64") };
}

function directive(call: S3Call, name: string): "COPY" | "REPLACE" {
  const value = headerOf(call, name) ?? "COPY";
  if (value === "COPY" || value === "REPLACE") return value;
  throw new S3Error("InvalidArgument", "Unknown metadata directive.", { ArgumentName: name, ArgumentValue: value });
}

/** The digests of a copy: those of its source where they fit. Releases the body where it cannot be read. */
async function digestsOf(
  s3: S3State,
  source: StoredObject,
  body: Body,
  algorithm: ChecksumAlgorithm,
): Promise<BodyDigests> {
  if (source.partSizes === undefined && source.checksum?.algorithm === algorithm) {
    return { md5: Buffer.from(source.etag, "hex"), checksum: source.checksum.value };
  }
  try {
    return await digestBody(s3.blobs, body, algorithm);
  } catch (error) {
    s3.blobs.release(body);
    throw error;
  }
}
