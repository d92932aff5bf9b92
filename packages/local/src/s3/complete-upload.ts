import { createHash } from "node:crypto";
import { type Bucket, type CompletedUpload, type MultipartUpload, objectArn, type UploadedPart } from "./bucket.ts";
import {
  announcedObjectChecksum,
  CHECKSUM_BYTES,
  type ChecksumAlgorithm,
  combineChecksums,
  type StoredChecksum,
} from "./checksum.ts";
import { requireUpload } from "./multipart-upload.ts";
import { receiveDocument } from "./payload.ts";
import { checkCompletion, writeConditions } from "./preconditions.ts";
import { headerOf, type S3Call, sendXml } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { commitObject, dropUpload, requireBucket, type S3State } from "./s3-state.ts";
import { childrenNamed, childText, type XmlElement } from "./xml-reader.ts";
import { element, xmlDocument } from "./xml-text.ts";

/** The checksum that S3 computes for an upload that was created without an algorithm. */
const DEFAULT_CHECKSUM = { algorithm: "CRC64NVME", type: "FULL_OBJECT" } as const;
const MIN_PART_BYTES = 5 * 1024 * 1024;
/** Completed uploads of a bucket whose answer is remembered for a repeated request. */
const MAX_REMEMBERED = 1000;

/** A part as the request lists it. */
interface ListedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
}

/** `CompleteMultipartUpload`: joins the parts without copying them; the same request again gets the same answer. */
export async function completeMultipartUpload(s3: S3State, call: S3Call): Promise<void> {
  const arn = objectArn(call.bucketName, call.key);
  const conditions = writeConditions(headerOf(call, "if-match"), headerOf(call, "if-none-match"));
  call.service.authorize("s3:PutObject", arn);
  if (conditions.ifMatch !== undefined) call.service.authorize("s3:GetObject", arn);
  const bucket = requireBucket(s3, call.bucketName);
  const listed = readParts(await receiveDocument(call, { isChecksumOfBody: false }));
  const request = listed.map((part) => `${part.partNumber}:${part.etag}`).join(",");
  const uploadId = call.query.get("uploadId") ?? "";
  const completed = bucket.completedUploads.get(uploadId);
  if (completed?.key === call.key && completed.request === request) {
    answer(call, completed);
    return;
  }
  const upload = requireUpload(call, bucket);
  if (listed.some((part, at) => at > 0 && listed[at - 1]!.partNumber >= part.partNumber)) {
    throw new S3Error("InvalidPartOrder");
  }
  const parts = listed.map((part, at) => matchPart(upload, listed, part, at));
  checkSize(call, parts);
  checkType(call, upload);
  const checksum = checksumOf(upload, listed, parts);
  checkChecksum(call, upload, checksum);
  checkCompletion(conditions, bucket.objects.get(call.key), call.key, upload.before);
  const md5 = createHash("md5");
  for (const part of parts) md5.update(part.md5);
  const object = {
    headers: upload.description.headers,
    storageClass: upload.description.storageClass,
    tags: upload.description.tags,
    body: s3.blobs.concat(parts.map((part) => part.body)),
    etag: `${md5.digest("hex")}-${parts.length}`,
    lastModifiedMs: s3.now(),
    checksum,
    partSizes: parts.map((part) => part.body.size),
    partChecksums: checksum.type === "COMPOSITE" ? parts.map((part) => part.checksum.value) : undefined,
  };
  commitObject(s3, bucket, call.key, object, conditions, upload.before);
  dropUpload(s3, bucket, upload.id);
  const result: CompletedUpload = { key: call.key, request, etag: object.etag, checksum };
  remember(bucket, upload.id, result);
  s3.notifier.objectCreated(bucket, call, object, "CompleteMultipartUpload");
  answer(call, result);
}

function readParts(root: XmlElement): ListedPart[] {
  const parts = childrenNamed(root, "Part").map((part) => {
    const number = childText(part, "PartNumber") ?? "";
    const etag = childText(part, "ETag");
    if (!/^[0-9]{1,5}$/.test(number) || etag === undefined) throw new S3Error("MalformedXML");
    const checksums: Partial<Record<ChecksumAlgorithm, string>> = {};
    for (const algorithm of Object.keys(CHECKSUM_BYTES) as ChecksumAlgorithm[]) {
      const value = childText(part, `Checksum${algorithm}`);
      if (value !== undefined) checksums[algorithm] = value;
    }
    return { partNumber: Number(number), etag: etag.trim().replace(/^"(.*)"$/, "$1"), checksums };
  });
  if (root.name !== "CompleteMultipartUpload") throw new S3Error("MalformedXML");
  if (parts.length === 0) throw new S3Error("InvalidRequest", "You must specify at least one part");
  return parts;
}

function matchPart(upload: MultipartUpload, listed: readonly ListedPart[], part: ListedPart, at: number): UploadedPart {
  const stored = upload.parts.get(part.partNumber);
  const isListedRight = Object.entries(part.checksums).every(([, value]) => value === stored?.checksum.value);
  const other = Object.keys(part.checksums).find((algorithm) => algorithm !== stored?.checksum.algorithm);
  if (stored?.etag === part.etag && other !== undefined) {
    throw new S3Error(
      "BadDigest",
      `The ${other.toLowerCase()} you specified for part ${part.partNumber} did not match what we received.`,
    );
  }
  if (stored === undefined || stored.etag !== part.etag || !isListedRight) {
    throw new S3Error("InvalidPart", undefined, {
      UploadId: upload.id,
      PartNumber: String(part.partNumber),
      ETag: part.etag,
    });
  }
  if (at < listed.length - 1 && stored.body.size < MIN_PART_BYTES) {
    throw new S3Error("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      ProposedSize: String(stored.body.size),
      MinSizeAllowed: String(MIN_PART_BYTES),
      PartNumber: String(part.partNumber),
      ETag: part.etag,
    });
  }
  return stored;
}

function checkSize(call: S3Call, parts: readonly UploadedPart[]): void {
  const announced = headerOf(call, "x-amz-mp-object-size");
  const size = parts.reduce((total, part) => total + part.body.size, 0);
  if (announced !== undefined && announced !== String(size)) {
    throw new S3Error(
      "InvalidRequest",
      `The provided 'x-amz-mp-object-size' header value ${announced} does not match what was computed: ${size}`,
    );
  }
}

/**
 * The checksum of the whole. An upload created with an algorithm must list each part's composite checksum, as S3 demands;
 * one created without gets `CRC64NVME` over the whole object, whatever checksums its parts came with.
 */
function checksumOf(
  upload: MultipartUpload,
  listed: readonly ListedPart[],
  parts: readonly UploadedPart[],
): StoredChecksum {
  const { algorithm, type } = upload.checksum ?? DEFAULT_CHECKSUM;
  if (type === "COMPOSITE") {
    const missing = listed.find((part) => part.checksums[algorithm] === undefined);
    if (missing !== undefined) {
      throw new S3Error(
        "InvalidRequest",
        `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${missing.partNumber} in the request.`,
      );
    }
  }
  return combineChecksums(
    algorithm,
    type,
    parts.map((part) => ({ value: checksumValueOf(part, algorithm), size: part.body.size })),
  );
}

function checksumValueOf({ checksum, crc64Nvme = "" }: UploadedPart, algorithm: ChecksumAlgorithm): string {
  return checksum.algorithm === algorithm ? checksum.value : crc64Nvme;
}

/** @throws S3Error `InvalidRequest` if the request names another type than the upload. */
function checkType(call: S3Call, upload: MultipartUpload): void {
  const { type } = upload.checksum ?? DEFAULT_CHECKSUM;
  const announcedType = headerOf(call, "x-amz-checksum-type")?.toUpperCase();
  if (announcedType === undefined || announcedType === type) return;
  throw new S3Error(
    "InvalidRequest",
    `The upload was created using the ${type} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/**
 * Checks what the headers say about the object's checksum against the upload's.
 *
 * @throws S3Error `InvalidRequest` for another algorithm, `BadDigest` for another value.
 */
function checkChecksum(call: S3Call, upload: MultipartUpload, checksum: StoredChecksum): void {
  const { algorithm } = checksum;
  const announced = announcedObjectChecksum(call.headers);
  if (announced === undefined) return;
  // A checksum without its type is taken for a composite one, and one of another algorithm cannot match: AWS says the same
  // of both where the upload has a checksum of the whole object.
  const hasType = headerOf(call, "x-amz-checksum-type") !== undefined;
  const isMissed = hasType ? announced.algorithm !== algorithm : algorithm !== "CRC64NVME";
  if (upload.checksum?.type === "FULL_OBJECT" && isMissed) throw badDigest(algorithm);
  if (announced.algorithm !== algorithm) {
    throw new S3Error(
      "InvalidRequest",
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${announced.algorithm.toLowerCase()}`,
    );
  }
  const [digest] = checksum.value.split("-");
  if (announced.value !== checksum.value && announced.value !== digest) {
    throw badDigest(algorithm);
  }
}

function badDigest(algorithm: ChecksumAlgorithm): S3Error {
  return new S3Error(
    "BadDigest",
    `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

function remember(bucket: Bucket, uploadId: string, result: CompletedUpload): void {
  bucket.completedUploads.set(uploadId, result);
  if (bucket.completedUploads.size > MAX_REMEMBERED) {
    const [oldest] = bucket.completedUploads.keys();
    bucket.completedUploads.delete(oldest!);
  }
}

function answer(call: S3Call, result: CompletedUpload): void {
  const host = call.service.request.headers.host ?? "localhost";
  const location = `http://${host}/${call.bucketName}/${encodeURIComponent(call.key)}`;
  sendXml(
    call,
    xmlDocument(
      "CompleteMultipartUploadResult",
      element("Location", location) +
        element("Bucket", call.bucketName) +
        element("Key", call.key) +
        element("ETag", `"${result.etag}"`) +
        (result.checksum === undefined
          ? ""
          : element(`Checksum${result.checksum.algorithm}`, result.checksum.value) +
            element("ChecksumType", result.checksum.type)),
    ),
    { "x-amz-server-side-encryption": "AES256" },
  );
}
