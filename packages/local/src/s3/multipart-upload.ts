import { type Bucket, type MultipartUpload, objectArn, type UploadedPart } from "./bucket.ts";
import { parseCopyRange } from "./byte-range.ts";
import { type ChecksumAlgorithm, checksumAlgorithm, checksumHeader } from "./checksum.ts";
import { copyResult, digestBody, openCopySource } from "./copy-object.ts";
import { readDescription } from "./object-description.ts";
import { receiveBody } from "./payload.ts";
import { headerOf, queryInteger, type S3Call, sendEmpty, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { dropUpload, requireBucket, type S3State } from "./s3-state.ts";
import { element, xmlDocument } from "./xml-text.ts";

/** The upload a call names. @throws S3Error `NoSuchUpload`, also where the upload belongs to another key. */
export function requireUpload(call: S3Call, bucket: Bucket): MultipartUpload {
  const id = call.query.get("uploadId") ?? "";
  const upload = bucket.uploads.get(id);
  if (upload === undefined || upload.key !== call.key) throw new S3Error("NoSuchUpload", undefined, { UploadId: id });
  return upload;
}

/** `CreateMultipartUpload`. */
export function createMultipartUpload(s3: S3State, call: S3Call): void {
  const arn = objectArn(call.bucketName, call.key);
  call.service.authorize("s3:PutObject", arn);
  if (headerOf(call, "x-amz-tagging") !== undefined) call.service.authorize("s3:PutObjectTagging", arn);
  const bucket = requireBucket(s3, call.bucketName);
  const upload: MultipartUpload = {
    id: s3.newId().replaceAll("-", "") + s3.newId().replaceAll("-", ""),
    key: call.key,
    initiatedMs: s3.now(),
    description: readDescription(call),
    checksum: requestedChecksum(call),
    parts: new Map(),
    before: bucket.objects.get(call.key),
  };
  bucket.uploads.set(upload.id, upload);
  sendXml(
    call,
    xmlDocument(
      "InitiateMultipartUploadResult",
      element("Bucket", bucket.name) + element("Key", call.key) + element("UploadId", upload.id),
    ),
    upload.checksum === undefined
      ? {}
      : { "x-amz-checksum-algorithm": upload.checksum.algorithm, "x-amz-checksum-type": upload.checksum.type },
  );
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html - which type fits which algorithm */
function requestedChecksum(call: S3Call): MultipartUpload["checksum"] {
  const name = headerOf(call, "x-amz-checksum-algorithm");
  const type = headerOf(call, "x-amz-checksum-type")?.toUpperCase();
  if (name === undefined) {
    if (type === undefined) return undefined;
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const algorithm = checksumAlgorithm(name);
  const isHash = algorithm === "SHA1" || algorithm === "SHA256";
  const chosen = type ?? (algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  if (chosen !== "FULL_OBJECT" && chosen !== "COMPOSITE") {
    throw new S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
  }
  if ((chosen === "FULL_OBJECT" && isHash) || (chosen === "COMPOSITE" && algorithm === "CRC64NVME")) {
    throw new S3Error(
      "InvalidRequest",
      `The ${chosen} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: chosen };
}

function partNumberOf(call: S3Call): number {
  const text = call.query.get("partNumber") ?? "";
  const partNumber = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (partNumber >= 1 && partNumber <= 10_000) return partNumber;
  throw new S3Error("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive", {
    ArgumentName: "partNumber",
    ArgumentValue: text,
  });
}

/** `UploadPart`: a part number uploaded again replaces the part. */
export async function uploadPart(s3: S3State, call: S3Call): Promise<void> {
  call.service.authorize("s3:PutObject", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  const upload = requireUpload(call, bucket);
  const partNumber = partNumberOf(call);
  const { body, md5, checksum, crc64Nvme } = await receiveBody(call, s3.blobs, upload.checksum === undefined);
  const part: UploadedPart = { body, md5, etag: md5.toString("hex"), lastModifiedMs: s3.now(), checksum, crc64Nvme };
  if (upload.checksum !== undefined && (upload.checksum.algorithm !== checksum.algorithm || !checksum.isSent)) {
    s3.blobs.release(body);
    const actual = checksum.isSent ? checksum.algorithm.toLowerCase() : "null";
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksum.algorithm.toLowerCase()}, actual checksum Type: ${actual}`,
    );
  }
  putPart(s3, call, bucket, partNumber, part);
  sendEmpty(call, 200, {
    "content-length": 0,
    etag: `"${part.etag}"`,
    "x-amz-server-side-encryption": "AES256",
    [checksumHeader(checksum.algorithm)]: checksum.value,
  });
}

/** `UploadPartCopy`: the bytes are shared with the source, and read once for their digests. */
export async function uploadPartCopy(s3: S3State, call: S3Call): Promise<void> {
  call.service.authorize("s3:PutObject", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  const upload = requireUpload(call, bucket);
  const partNumber = partNumberOf(call);
  const { object: source } = openCopySource(s3, call);
  const rangeHeader = headerOf(call, "x-amz-copy-source-range");
  const range =
    rangeHeader === undefined ? { start: 0, length: source.body.size } : parseCopyRange(rangeHeader, source.body.size);
  const algorithm: ChecksumAlgorithm = upload.checksum?.algorithm ?? "CRC64NVME";
  const body = s3.blobs.slice(source.body, range.start, range.length);
  let part: UploadedPart;
  try {
    const { md5, checksum } = await digestBody(s3.blobs, body, algorithm);
    const stored = { algorithm, value: checksum };
    part = { body, md5, etag: md5.toString("hex"), lastModifiedMs: s3.now(), checksum: stored };
  } catch (error) {
    s3.blobs.release(body);
    throw error;
  }
  putPart(s3, call, bucket, partNumber, part);
  sendXml(
    call,
    xmlDocument("CopyPartResult", copyResult(part.etag, part.lastModifiedMs, algorithm, part.checksum.value)),
  );
}

/** The upload may have been completed or aborted while the part arrived; then nothing of it stays. */
function putPart(s3: S3State, call: S3Call, bucket: Bucket, partNumber: number, part: UploadedPart): void {
  const upload = bucket.uploads.get(call.query.get("uploadId") ?? "");
  if (upload === undefined) {
    s3.blobs.release(part.body);
    throw new S3Error("NoSuchUpload");
  }
  const replaced = upload.parts.get(partNumber);
  upload.parts.set(partNumber, part);
  if (replaced !== undefined) s3.blobs.release(replaced.body);
}

/** `AbortMultipartUpload`. */
export function abortMultipartUpload(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:AbortMultipartUpload", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  dropUpload(s3, bucket, requireUpload(call, bucket).id);
  sendEmpty(call, 204);
}

/** `ListParts`, by number. */
export function listParts(s3: S3State, call: S3Call): void {
  call.service.authorize("s3:ListMultipartUploadParts", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  const upload = requireUpload(call, bucket);
  const maxParts = Math.min(1000, queryInteger(call, "max-parts", { least: 0, most: 2_147_483_647, otherwise: 1000 }));
  const marker = queryInteger(call, "part-number-marker", { least: 0, most: 2_147_483_647, otherwise: 0 });
  const rest = [...upload.parts].filter(([partNumber]) => partNumber > marker).sort(([a], [b]) => a - b);
  const page = rest.slice(0, maxParts);
  const parts = page.map(
    ([partNumber, part]) =>
      `<Part>${element("PartNumber", partNumber)}${element("LastModified", new Date(part.lastModifiedMs).toISOString())}${element("ETag", `"${part.etag}"`)}${element("Size", part.body.size)}${upload.checksum === undefined ? "" : element(`Checksum${part.checksum.algorithm}`, part.checksum.value)}</Part>`,
  );
  const owner = s3.accountId.padStart(64, "0");
  sendXml(
    call,
    xmlDocument(
      "ListPartsResult",
      element("Bucket", bucket.name) +
        element("Key", upload.key) +
        element("UploadId", upload.id) +
        `<Initiator>${element("ID", owner)}</Initiator><Owner>${element("ID", owner)}</Owner>` +
        element("StorageClass", upload.description.storageClass) +
        element("PartNumberMarker", marker) +
        element("NextPartNumberMarker", page.at(-1)?.[0] ?? 0) +
        element("MaxParts", maxParts) +
        element("IsTruncated", rest.length > page.length && maxParts > 0) +
        element("ChecksumAlgorithm", upload.checksum?.algorithm) +
        element("ChecksumType", upload.checksum?.type) +
        parts.join(""),
    ),
  );
}
