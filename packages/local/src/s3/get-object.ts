import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { objectArn, type StoredObject } from "./bucket.ts";
import { type ByteRange, parseRange } from "./byte-range.ts";
import { checksumHeader } from "./checksum.ts";
import { expirationHeader } from "./lifecycle.ts";
import { checkNotArchived, describingHeaders, isChecksumWanted } from "./object-description.ts";
import { checkRead, type ReadConditions } from "./preconditions.ts";
import { headerOf, queryInteger, type S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { requireBucket, requireObject, type S3State } from "./s3-state.ts";

/** `GetObject`. */
export async function getObject(s3: S3State, call: S3Call): Promise<void> {
  const { object, range, status, headers } = openRead(s3, call);
  checkNotArchived(object);
  const { response } = call.service;
  response.writeHead(status, headers);
  const now = s3.blobs.readNow(object.body, range.start, range.length);
  if (now !== undefined) {
    response.end(now);
    return;
  }
  await sendChunks(response, s3.blobs.read(object.body, range.start, range.length));
}

/** `HeadObject`: what `GetObject` would answer, without the bytes. */
export function headObject(s3: S3State, call: S3Call): void {
  const { status, headers } = openRead(s3, call);
  call.service.response.writeHead(status, headers).end();
}

interface OpenRead {
  readonly object: StoredObject;
  readonly range: ByteRange;
  readonly status: 200 | 206;
  readonly headers: OutgoingHttpHeaders;
}

function openRead(s3: S3State, call: S3Call): OpenRead {
  call.service.authorize("s3:GetObject", objectArn(call.bucketName, call.key));
  const bucket = requireBucket(s3, call.bucketName);
  const object = requireObject(call, bucket, call.key);
  checkRead(readConditionsOf(call, ""), object, s3.now());
  const { size } = object.body;
  const partRange = rangeOfPart(call, object);
  const part = partRange ?? parseRange(headerOf(call, "range"), size);
  // A range that is the whole object has its checksum all the same, save for what was uploaded in parts.
  const isWhole = part === undefined || (part.length === size && object.partSizes === undefined);
  const headers = describingHeaders(call, object, isWhole);
  if (partRange !== undefined && object.partSizes !== undefined) {
    headers["x-amz-mp-parts-count"] = object.partSizes.length;
    Object.assign(headers, checksumOfPart(call, object));
  }
  Object.assign(headers, expirationHeader(bucket, call.key, object.lastModifiedMs));
  const range = part ?? { start: 0, length: size };
  headers["content-length"] = range.length;
  if (part === undefined || range.length === 0) return { object, range, status: 200, headers };
  headers["content-range"] = `bytes ${range.start}-${range.start + range.length - 1}/${size}`;
  return { object, range, status: 206, headers };
}

/** The conditions of a read; `prefix` is that of the headers on a copy's source. */
export function readConditionsOf(call: S3Call, prefix: "" | "x-amz-copy-source-"): ReadConditions {
  return {
    ifMatch: headerOf(call, `${prefix}if-match`),
    ifNoneMatch: headerOf(call, `${prefix}if-none-match`),
    ifModifiedSince: headerOf(call, `${prefix}if-modified-since`),
    ifUnmodifiedSince: headerOf(call, `${prefix}if-unmodified-since`),
  };
}

/** The bytes of one part of a multipart object (`partNumber`); other objects count as one part. */
function rangeOfPart(call: S3Call, object: StoredObject): ByteRange | undefined {
  if (!call.query.has("partNumber")) return undefined;
  if (headerOf(call, "range") !== undefined) {
    throw new S3Error("InvalidRequest", "Cannot specify both Range header and partNumber query parameter");
  }
  const partNumber = queryInteger(call, "partNumber", { least: 1, most: 10_000, otherwise: 1 });
  const sizes = object.partSizes ?? [object.body.size];
  const length = sizes[partNumber - 1];
  if (length === undefined) {
    throw new S3Error("InvalidPartNumber", undefined, {
      PartNumberRequested: String(partNumber),
      ActualPartCount: String(sizes.length),
    });
  }
  return { start: sizes.slice(0, partNumber - 1).reduce((total, size) => total + size, 0), length };
}

/** The checksum of the part that is read, which S3 tells where that of the object is composite. */
function checksumOfPart(call: S3Call, { checksum, partChecksums }: StoredObject): OutgoingHttpHeaders {
  const value = partChecksums?.[Number(call.query.get("partNumber")) - 1];
  if (checksum === undefined || value === undefined || !isChecksumWanted(call)) return {};
  return { [checksumHeader(checksum.algorithm)]: value, "x-amz-checksum-type": checksum.type };
}

/** Sends chunks as fast as the client takes them; stops reading when it goes away. */
async function sendChunks(response: ServerResponse, chunks: AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of chunks) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
    if (response.destroyed) done();
  });
}
