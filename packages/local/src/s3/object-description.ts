import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import type { ObjectDescription, StoredObject } from "./bucket.ts";
import { checksumHeader } from "./checksum.ts";
import { decodedMetadata } from "./metadata-value.ts";
import { headerOf, type S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { parseTaggingHeader } from "./tags.ts";

const MAX_METADATA_BYTES = 2048;
const STORAGE_CLASSES = new Set([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
]);
const KEPT_HEADERS = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
] as const;

/** Query parameters of a read that replace response headers. */
const OVERRIDES = [
  "content-type",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "expires",
] as const;

/** @throws S3Error `MetadataTooLarge`, `InvalidStorageClass`, `InvalidTag`. */
export function readDescription(call: S3Call): ObjectDescription {
  return {
    headers: readKeptHeaders(call.headers),
    storageClass: readStorageClass(call),
    tags: parseTaggingHeader(headerOf(call, "x-amz-tagging")),
  };
}

/** @throws S3Error `InvalidStorageClass`. */
export function readStorageClass(call: S3Call): string {
  const storageClass = headerOf(call, "x-amz-storage-class") ?? "STANDARD";
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new S3Error("InvalidStorageClass", undefined, { StorageClassRequested: storageClass });
  }
  return storageClass;
}

/** Storage classes whose objects have to be restored before they can be read. */
const ARCHIVE_CLASSES = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/**
 * Refuses to read the bytes of an archived object; nothing restores one here.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html - "InvalidObjectState"
 * @throws S3Error `InvalidObjectState`.
 */
export function checkNotArchived({ storageClass }: StoredObject, message?: string): void {
  if (!ARCHIVE_CLASSES.has(storageClass)) return;
  throw new S3Error("InvalidObjectState", message, { StorageClass: storageClass });
}

/** The request headers that are kept with the object and repeated on a read. */
export function readKeptHeaders(headers: IncomingHttpHeaders): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") kept[name] = value;
  }
  kept["content-type"] ??= "binary/octet-stream";
  const encoding = (headers["content-encoding"] ?? "")
    .split(",")
    .map((coding) => coding.trim())
    .filter((coding) => coding !== "" && coding !== "aws-chunked")
    .join(",");
  if (encoding !== "") kept["content-encoding"] = encoding;
  let metadataBytes = 0;
  for (const name in headers) {
    if (!name.startsWith("x-amz-meta-")) continue;
    const value = headers[name];
    if (typeof value !== "string") continue;
    kept[name] = decodedMetadata(value);
    metadataBytes += name.length - "x-amz-meta-".length + Buffer.byteLength(value, "latin1");
  }
  if (metadataBytes > MAX_METADATA_BYTES) {
    throw new S3Error("MetadataTooLarge", undefined, {
      Size: String(metadataBytes),
      MaxSizeAllowed: String(MAX_METADATA_BYTES),
    });
  }
  return kept;
}

let lastDate = { ms: Number.NaN, text: "" };

/** An HTTP date; the last one is remembered, since neighbours often share it. */
function httpDate(ms: number): string {
  if (lastDate.ms !== ms) lastDate = { ms, text: new Date(ms).toUTCString() };
  return lastDate.text;
}

/** Whether a read asks for the checksum that is stored. */
export function isChecksumWanted(call: S3Call): boolean {
  return headerOf(call, "x-amz-checksum-mode")?.toUpperCase() === "ENABLED";
}

/** The response headers that describe an object on a read, with what the query overrides. */
export function describingHeaders(call: S3Call, object: StoredObject, isWhole: boolean): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {
    ...object.headers,
    etag: `"${object.etag}"`,
    "last-modified": httpDate(object.lastModifiedMs),
    "accept-ranges": "bytes",
    "x-amz-server-side-encryption": "AES256",
  };
  if (object.storageClass !== "STANDARD") headers["x-amz-storage-class"] = object.storageClass;
  if (object.tags.length > 0) headers["x-amz-tagging-count"] = object.tags.length;
  const { checksum } = object;
  if (isWhole && checksum !== undefined && isChecksumWanted(call)) {
    headers[checksumHeader(checksum.algorithm)] = checksum.value;
    headers["x-amz-checksum-type"] = checksum.type;
  }
  for (const name of OVERRIDES) {
    const value = call.query.get(`response-${name}`);
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}
