import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { crc32 } from "node:zlib";
import { Crc32c, Crc64Nvme, combineCrc, type RunningDigest } from "./crc.ts";
import { S3Error } from "./s3-error.ts";

/** The checksum algorithms of S3 that this service computes; each with the length of its value in bytes. */
export const CHECKSUM_BYTES = { CRC32: 4, CRC32C: 4, CRC64NVME: 8, SHA1: 20, SHA256: 32 } as const;

/** A checksum algorithm by S3's name for it. */
export type ChecksumAlgorithm = keyof typeof CHECKSUM_BYTES;

/** Over all bytes, or over the checksums of a multipart upload's parts. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** The checksum kept with an object or part; `value` in base64, composite ones with `-<parts>`. */
export interface StoredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly value: string;
}

const ALGORITHMS = Object.keys(CHECKSUM_BYTES) as readonly ChecksumAlgorithm[];

/** @throws S3Error `InvalidRequest` for an algorithm S3 does not have, `NotImplemented` for one this service lacks. */
export function checksumAlgorithm(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  const algorithm = ALGORITHMS.find((candidate) => candidate === upper);
  if (algorithm !== undefined) return algorithm;
  if (["SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"].includes(upper)) {
    throw new S3Error(
      "NotImplemented",
      `The checksum algorithm ${upper} is not implemented here; use ${ALGORITHMS.join(", ")}.`,
    );
  }
  throw new S3Error(
    "InvalidRequest",
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${ALGORITHMS.join(", ")}]`,
  );
}

/** The name of the header, trailer field and (in its element form) response field of an algorithm. */
export function checksumHeader(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

/** Begins a checksum. */
export function startChecksum(algorithm: ChecksumAlgorithm): RunningDigest {
  switch (algorithm) {
    case "CRC32":
      return new ZlibCrc32();
    case "CRC32C":
      return new Crc32c();
    case "CRC64NVME":
      return new Crc64Nvme();
    case "SHA1":
    case "SHA256":
      return createHash(algorithm.toLowerCase());
  }
}

class ZlibCrc32 implements RunningDigest {
  #crc = 0;

  update(chunk: Uint8Array): void {
    this.#crc = crc32(chunk, this.#crc);
  }

  digest(): Buffer {
    const result = Buffer.alloc(4);
    result.writeUInt32BE(this.#crc);
    return result;
  }
}

/** The checksum of a request's body: the algorithm, and the value if it came in a header. */
export interface AnnouncedChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** `undefined`: it follows in the trailer of that name. */
  readonly expected: string | undefined;
}

/**
 * Reads the checksum a request announces for its body.
 *
 * @throws S3Error `InvalidRequest` for several, for a value of the wrong form, or for an algorithm named without a value.
 */
export function announcedChecksum(headers: IncomingHttpHeaders): AnnouncedChecksum | undefined {
  const found: AnnouncedChecksum[] = checksumsIn(headers, isChecksumValue).map(({ algorithm, value }) => ({
    algorithm,
    expected: value,
  }));
  const trailer = headers["x-amz-trailer"];
  if (typeof trailer === "string") {
    const match = /^x-amz-checksum-(\w+)$/i.exec(trailer.trim());
    if (match === null) {
      throw new S3Error("InvalidRequest", "The value specified in the x-amz-trailer header is not supported");
    }
    found.push({ algorithm: checksumAlgorithm(match[1]!), expected: undefined });
  }
  const checksum = single(found);
  if (checksum === undefined && headers["x-amz-sdk-checksum-algorithm"] !== undefined) {
    throw new S3Error(
      "InvalidRequest",
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  return checksum;
}

/** A checksum of a whole object, as a request announces it. */
interface AnnouncedObjectChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Composite ones with or without `-<parts>`. */
  readonly value: string;
}

/**
 * Reads the checksum that the headers of `CompleteMultipartUpload` announce for the object.
 *
 * @throws S3Error `InvalidRequest` for several, or for a value of the wrong form.
 */
export function announcedObjectChecksum(headers: IncomingHttpHeaders): AnnouncedObjectChecksum | undefined {
  return single(
    checksumsIn(headers, (algorithm, value) => isChecksumValue(algorithm, value.replace(/-[1-9]\d{0,4}$/, ""))),
  );
}

function checksumsIn(
  headers: IncomingHttpHeaders,
  isValid: (algorithm: ChecksumAlgorithm, value: string) => boolean,
): AnnouncedObjectChecksum[] {
  const found = ALGORITHMS.flatMap((algorithm): AnnouncedObjectChecksum[] => {
    const value = headers[checksumHeader(algorithm)];
    return typeof value === "string" ? [{ algorithm, value }] : [];
  });
  // Several are refused before the value of any is looked at.
  const only = single(found);
  if (only !== undefined && !isValid(only.algorithm, only.value)) {
    throw new S3Error("InvalidRequest", `Value for ${checksumHeader(only.algorithm)} header is invalid.`);
  }
  return found;
}

function single<Checksum>(found: readonly Checksum[]): Checksum | undefined {
  if (found.length > 1) {
    throw new S3Error(
      "InvalidRequest",
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  return found[0];
}

function isChecksumValue(algorithm: ChecksumAlgorithm, value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  return bytes.length === CHECKSUM_BYTES[algorithm] && bytes.toString("base64") === value;
}

/**
 * The checksum of a multipart object from those of its parts.
 *
 * @param parts - each part's checksum in base64 and its size in bytes, in order.
 */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): StoredChecksum {
  const values: Buffer[] = parts.map((part) => Buffer.from(part.value, "base64"));
  if (type === "COMPOSITE" || algorithm === "SHA1" || algorithm === "SHA256") {
    const digest = startChecksum(algorithm);
    for (const value of values) digest.update(value);
    return { algorithm, type: "COMPOSITE", value: `${digest.digest().toString("base64")}-${parts.length}` };
  }
  const combined = values.reduce((first, second, at) => combineCrc(algorithm, first, second, parts[at]!.size));
  return { algorithm, type: "FULL_OBJECT", value: combined.toString("base64") };
}
