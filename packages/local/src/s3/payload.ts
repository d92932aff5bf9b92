import { createHash, type Hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsChunkedDecoder } from "./aws-chunked.ts";
import type { BlobStore, Body } from "./blob-store.ts";
import { checkDocument } from "./check-inputs.ts";
import { announcedChecksum, type ChecksumAlgorithm, checksumHeader, startChecksum } from "./checksum.ts";
import type { RunningDigest } from "./crc.ts";
import type { S3Call } from "./s3-call.ts";
import { S3Error } from "./s3-error.ts";
import { readXml, type XmlElement } from "./xml-reader.ts";

/** The largest body of one `PutObject` or part. */
export const MAX_PUT_BYTES = 5 * 1024 ** 3;
const MAX_XML_BYTES = 4 * 1024 * 1024;

/** A body as received, its announced checksums verified. */
export interface ReceivedBody {
  readonly body: Body;
  readonly md5: Buffer;
  /** The checksum the client sent and the server found right, or `CRC64NVME`, which S3 adds where none was sent. */
  readonly checksum: { readonly algorithm: ChecksumAlgorithm; readonly value: string; readonly isSent: boolean };
  /** In base64, if asked for. */
  readonly crc64Nvme: string | undefined;
}

/** Takes bytes one after the other; a promise asks the sender to wait. */
interface ByteSink {
  write(chunk: Buffer): Promise<void> | undefined;
}

/** The description of a body in its headers; read before any of it. */
interface PayloadPlan {
  readonly decoder: AwsChunkedDecoder | undefined;
  readonly size: number;
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly expectedChecksum: string | undefined;
  readonly expectedMd5: Buffer | undefined;
  readonly expectedSha256: string | undefined;
}

/** @param isChecksumOfBody - `CompleteMultipartUpload` has the object's checksum in the headers, not that of its document. */
function planPayload({ headers }: S3Call, isChecksumOfBody = true): PayloadPlan {
  const sha256 = readSha256(headers["x-amz-content-sha256"]);
  const isChunked = sha256.startsWith("STREAMING-") || /\baws-chunked\b/.test(headers["content-encoding"] ?? "");
  const length = isChunked ? headers["x-amz-decoded-content-length"] : headers["content-length"];
  if (typeof length !== "string" || !/^[0-9]{1,15}$/.test(length)) throw new S3Error("MissingContentLength");
  const size = Number(length);
  if (size > MAX_PUT_BYTES) {
    throw new S3Error("EntityTooLarge", undefined, { ProposedSize: length, MaxSizeAllowed: String(MAX_PUT_BYTES) });
  }
  const announced = isChecksumOfBody ? announcedChecksum(headers) : undefined;
  const md5 = headers["content-md5"];
  const expectedMd5 = typeof md5 === "string" ? Buffer.from(md5, "base64") : undefined;
  if (expectedMd5 !== undefined && expectedMd5.length !== 16) throw new S3Error("InvalidDigest");
  return {
    decoder: isChunked ? new AwsChunkedDecoder() : undefined,
    size,
    algorithm: announced?.algorithm,
    expectedChecksum: announced?.expected,
    expectedMd5,
    expectedSha256: SHA256.test(sha256) ? sha256.toLowerCase() : undefined,
  };
}

const SHA256 = /^[0-9a-f]{64}$/i;

function readSha256(header: string | string[] | undefined): string {
  const value = String(header ?? "UNSIGNED-PAYLOAD");
  if (SHA256.test(value) || /^(?:UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+)$/.test(value)) return value;
  throw new S3Error(
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, or a valid sha256 value.",
    { ArgumentName: "x-amz-content-sha256", ArgumentValue: value.slice(0, 100) },
  );
}

interface Digests {
  readonly md5: Hash;
  readonly sha256: Hash | undefined;
  readonly checksum: RunningDigest | undefined;
  readonly crc64Nvme?: RunningDigest | undefined;
}

async function receive(request: IncomingMessage, plan: PayloadPlan, digests: Digests, sink: ByteSink): Promise<void> {
  let received = 0;
  const take = (chunk: Buffer): Promise<void> | undefined => {
    received += chunk.length;
    if (received > plan.size) throw new S3Error("IncompleteBody");
    digests.md5.update(chunk);
    digests.sha256?.update(chunk);
    digests.checksum?.update(chunk);
    digests.crc64Nvme?.update(chunk);
    return sink.write(chunk);
  };
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    if (plan.decoder === undefined) {
      const wait = take(chunk);
      if (wait !== undefined) await wait;
      continue;
    }
    for (const piece of plan.decoder.push(chunk)) {
      const wait = take(piece);
      if (wait !== undefined) await wait;
    }
  }
  plan.decoder?.end();
  if (received !== plan.size) throw new S3Error("IncompleteBody");
}

/** The verified digests of a body. */
interface Verified {
  readonly md5: Buffer;
  readonly checksum: string | undefined;
}

function verify(plan: PayloadPlan, digests: Digests): Verified {
  const md5 = digests.md5.digest();
  if (plan.expectedMd5 !== undefined && !plan.expectedMd5.equals(md5)) {
    throw new S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.", {
      ExpectedDigest: plan.expectedMd5.toString("base64"),
      CalculatedDigest: md5.toString("base64"),
    });
  }
  const sha256 = digests.sha256?.digest("hex");
  if (sha256 !== plan.expectedSha256) {
    throw new S3Error("XAmzContentSHA256Mismatch", undefined, {
      ClientComputedContentSHA256: plan.expectedSha256 ?? "",
      S3ComputedContentSHA256: sha256 ?? "",
    });
  }
  const checksum = digests.checksum?.digest().toString("base64");
  if (plan.algorithm !== undefined) {
    const expected = plan.expectedChecksum ?? plan.decoder?.trailers.get(checksumHeader(plan.algorithm));
    if (expected === undefined) {
      throw new S3Error(
        "InvalidRequest",
        `The trailer ${checksumHeader(plan.algorithm)} announced in x-amz-trailer is missing.`,
      );
    }
    if (expected !== checksum) {
      throw new S3Error("BadDigest", `The ${plan.algorithm} you specified did not match the calculated checksum.`);
    }
  }
  return { md5, checksum };
}

/**
 * Receives the body of a `PutObject` or `UploadPart`: streams it to the store and verifies every checksum the request
 * carries. Nothing stays in the store where this throws.
 *
 * @param isCrc64Wanted - computes `CRC64NVME` beside the checksum that the client sent.
 * @throws S3Error `BadDigest`, `IncompleteBody`, `EntityTooLarge`, `MissingContentLength`, `InvalidRequest`, ...
 */
export async function receiveBody(call: S3Call, blobs: BlobStore, isCrc64Wanted = false): Promise<ReceivedBody> {
  const plan = planPayload(call);
  const algorithm = plan.algorithm ?? "CRC64NVME";
  const digests: Digests = {
    md5: createHash("md5"),
    sha256: plan.expectedSha256 === undefined ? undefined : createHash("sha256"),
    checksum: startChecksum(algorithm),
    crc64Nvme: isCrc64Wanted && algorithm !== "CRC64NVME" ? startChecksum("CRC64NVME") : undefined,
  };
  const writer = blobs.writer();
  try {
    await receive(call.service.request, plan, digests, writer);
    const { md5, checksum } = verify(plan, digests);
    const body = await writer.finish();
    const crc64Nvme = algorithm === "CRC64NVME" ? checksum : digests.crc64Nvme?.digest().toString("base64");
    return { body, md5, checksum: { algorithm, value: checksum!, isSent: plan.algorithm !== undefined }, crc64Nvme };
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/**
 * Receives a small XML document and refuses elements that the operation does not serve.
 *
 * @throws S3Error `MalformedXML`, `NotImplemented`, and as for {@link receiveBody}.
 */
export async function receiveDocument(call: S3Call, options: DocumentOptions = {}): Promise<XmlElement> {
  const { mustHaveDigest = false, isChecksumOfBody = true } = options;
  const plan = planPayload(call, isChecksumOfBody);
  if (plan.size > MAX_XML_BYTES) throw new S3Error("MalformedXML");
  if (mustHaveDigest && plan.algorithm === undefined && plan.expectedMd5 === undefined) {
    throw new S3Error("InvalidRequest", "Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const chunks: Buffer[] = [];
  const digests: Digests = {
    md5: createHash("md5"),
    sha256: plan.expectedSha256 === undefined ? undefined : createHash("sha256"),
    checksum: plan.algorithm === undefined ? undefined : startChecksum(plan.algorithm),
  };
  await receive(call.service.request, plan, digests, {
    write(chunk) {
      chunks.push(chunk);
      return undefined;
    },
  });
  verify(plan, digests);
  const root = readXml(Buffer.concat(chunks).toString("utf8"));
  checkDocument(call.operation, root);
  return root;
}

/** How a document is received. */
interface DocumentOptions {
  /** Refuse a request that has neither `Content-MD5` nor a checksum, as S3 does for some operations. */
  readonly mustHaveDigest?: boolean;
  /** The checksum in the headers is that of the document. */
  readonly isChecksumOfBody?: boolean;
}
