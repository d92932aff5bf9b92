import { request } from "node:http";
import { Readable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { patternBytes, put, rejectsWith, text } from "./s3-expect.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

// Real sockets and disks on a machine that may be busy: far above what any of these takes.
const MIB = 1024 * 1024;
const Bucket = "bucket";
let server: S3Server;

beforeEach(async () => {
  server = await startS3Server();
  await server.service.createBucket(Bucket);
});
afterEach(() => server.close());

const filesBecome = (count: number): Promise<void> =>
  vi.waitFor(() => expect(server.service.storedFiles).toBe(count), { timeout: 30_000, interval: 5 });

/** Begins a raw upload and returns a way to go on with it. */
function rawPut(key: string, headers: Record<string, string>) {
  const { hostname, port } = new URL(server.endpoint);
  const upload = request({ hostname, port, method: "PUT", path: `/${Bucket}/${key}`, headers });
  const answer = new Promise<{ status: number; body: string }>((resolve, reject) => {
    upload.on("error", reject);
    upload.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    });
  });
  return { upload, answer };
}

describe("what is no longer needed leaves the disk", () => {
  it("replaced, deleted, and with its bucket", async () => {
    await put(server.client, Bucket, "k", patternBytes(MIB, 1));
    await put(server.client, Bucket, "k", patternBytes(MIB, 2));
    await filesBecome(1);
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await filesBecome(0);
    await server.client.send(new DeleteBucketCommand({ Bucket }));
  });

  it("after an upload that the client broke off", async () => {
    const { upload, answer } = rawPut("k", { "content-length": String(32 * MIB) });
    upload.write(patternBytes(2 * MIB));
    await filesBecome(1);
    upload.destroy();
    await expect(answer).rejects.toThrow();
    await filesBecome(0);
    await rejectsWith(server.client.send(new HeadObjectCommand({ Bucket, Key: "k" })), "NotFound", 404);
  });

  it("after a body whose checksum was wrong", async () => {
    const input = { Bucket, Key: "k", Body: patternBytes(2 * MIB), ChecksumCRC32: "AAAAAA==" };
    await rejectsWith(server.client.send(new PutObjectCommand(input)), "BadDigest", 400);
    await filesBecome(0);
  });

  it("after a write that lost its race", async () => {
    const body = patternBytes(MIB);
    const writers = Array.from({ length: 10 }, () =>
      server.client
        .send(new PutObjectCommand({ Bucket, Key: "k", Body: body, IfNoneMatch: "*" }))
        .catch(() => undefined),
    );
    await Promise.all(writers);
    await filesBecome(1);
  });

  it("parts of an aborted upload, replaced parts, and parts that were not used", async () => {
    const upload = { Bucket, Key: "k" };
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(upload));
    const part = (PartNumber: number, seed: number) =>
      server.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber, Body: patternBytes(MIB, seed) }));
    await part(1, 1);
    await part(1, 2);
    await part(2, 3);
    await filesBecome(2);
    const { ETag } = await part(3, 4);
    await server.client.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 3, ETag }] },
      }),
    );
    await filesBecome(1);
    const second = await server.client.send(new CreateMultipartUploadCommand(upload));
    const other = { ...upload, UploadId: second.UploadId };
    await server.client.send(new UploadPartCommand({ ...other, PartNumber: 1, Body: patternBytes(MIB) }));
    await filesBecome(2);
    await server.client.send(new AbortMultipartUploadCommand(other));
    await filesBecome(1);
  });

  it("only when the last copy is gone", async () => {
    await put(server.client, Bucket, "k", patternBytes(MIB));
    await server.client.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/k` }));
    expect(server.service.storedFiles).toBe(1);
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    const copy = await server.client.send(new GetObjectCommand({ Bucket, Key: "copy" }));
    expect(patternBytes(MIB).equals((await copy.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "copy" }));
    await filesBecome(0);
  });
});

describe("a conditional write", () => {
  it("whose object is deleted while the body arrives is a conflict, and writes nothing", async () => {
    const etag = await put(server.client, Bucket, "k", "old");
    const { upload, answer } = rawPut("k", { "if-match": etag, "content-length": String(2 * MIB) });
    upload.write(patternBytes(MIB));
    await filesBecome(1);
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    upload.end(patternBytes(MIB));
    expect(await answer).toMatchObject({ status: 409, body: expect.stringContaining("ConditionalRequestConflict") });
    await filesBecome(0);
    await rejectsWith(server.client.send(new HeadObjectCommand({ Bucket, Key: "k" })), "NotFound", 404);
  });
});

describe("a reader", () => {
  it("gets the object it began with, though it is replaced and deleted meanwhile", async () => {
    const body = patternBytes(24 * MIB);
    await put(server.client, Bucket, "k", body);
    const read = await server.client.send(new GetObjectCommand({ Bucket, Key: "k" }));
    await put(server.client, Bucket, "k", "replaced");
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    expect(body.equals((await read.Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    await filesBecome(0);
  });

  it("that goes away in the middle keeps nothing open", async () => {
    await put(server.client, Bucket, "k", patternBytes(24 * MIB));
    const read = await server.client.send(new GetObjectCommand({ Bucket, Key: "k" }));
    (read.Body as Readable).destroy();
    await server.client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await filesBecome(0);
  });
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes of buffers that something still holds. */
function heldBytes(): number {
  collect();
  return process.memoryUsage().arrayBuffers;
}

describe("large bodies", () => {
  it("pass through without being held in memory", async () => {
    const size = 256 * MIB;
    const chunk = patternBytes(MIB);
    const before = heldBytes();
    let peak = 0;
    const look = () => {
      peak = Math.max(peak, heldBytes() - before);
    };
    const source = function* (): Generator<Buffer> {
      for (let sent = 0; sent < size; sent += MIB) {
        if (sent % (32 * MIB) === 0) look();
        yield chunk;
      }
    };
    await server.client.send(
      new PutObjectCommand({ Bucket, Key: "large", Body: Readable.from(source()), ContentLength: size }),
    );
    const read = await server.client.send(new GetObjectCommand({ Bucket, Key: "large" }));
    let received = 0;
    for await (const piece of read.Body as Readable) {
      received += (piece as Buffer).length;
      if (received % (32 * MIB) < (piece as Buffer).length) look();
    }
    expect(received).toBe(size);
    // Freed buffers are given back a little later; what is held would be all of it.
    expect(peak).toBeLessThan(size / 2);
  });
});

describe("aws-chunked uploads as other SDKs send them", () => {
  it("signed chunks are taken apart, and their trailer is verified", async () => {
    const chunk = (data: string) => `${data.length.toString(16)};chunk-signature=${"a".repeat(64)}\r\n${data}\r\n`;
    const content = (crc: string) =>
      `${chunk("12345")}${chunk("6789")}0;chunk-signature=${"b".repeat(64)}\r\nx-amz-checksum-crc32c:${crc}\r\nx-amz-trailer-signature:${"c".repeat(64)}\r\n\r\n`;
    const send = async (crc: string) => {
      const { upload, answer } = rawPut("k", {
        "content-encoding": "aws-chunked,gzip",
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "9",
        "x-amz-trailer": "x-amz-checksum-crc32c",
        "content-length": String(content(crc).length),
      });
      upload.end(content(crc));
      return answer;
    };
    expect(await send("AAAAAA==")).toMatchObject({ status: 400, body: expect.stringContaining("BadDigest") });
    expect(await send("4waSgw==")).toMatchObject({ status: 200 });
    const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: "k", ChecksumMode: "ENABLED" }));
    expect(head).toMatchObject({ ContentLength: 9, ChecksumCRC32C: "4waSgw==", ContentEncoding: "gzip" });
  });

  it.each([
    [
      "a payload hash that is wrong",
      { "x-amz-content-sha256": "0".repeat(64), "content-length": "5" },
      "XAmzContentSHA256Mismatch",
      400,
    ],
    ["no length at all", { "transfer-encoding": "chunked" }, "MissingContentLength", 411],
    [
      "fewer bytes than announced",
      {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "6",
        "content-length": "15",
      },
      "IncompleteBody",
      400,
    ],
    [
      "a trailer that does not come",
      {
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-trailer": "x-amz-checksum-crc32",
        "x-amz-decoded-content-length": "5",
        "content-length": "15",
      },
      "InvalidRequest",
      400,
    ],
    [
      "two checksums",
      { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-checksum-crc32c": "AAAAAA==", "content-length": "5" },
      "InvalidRequest",
      400,
    ],
    ["more than 5 GiB", { "content-length": String(5 * 1024 ** 3 + 1) }, "EntityTooLarge", 400],
  ])("%s is refused", async (_, headers, code, status) => {
    const { upload, answer } = rawPut("k", headers);
    if ("x-amz-decoded-content-length" in headers) upload.end("5\r\nhello\r\n0\r\n\r\n");
    else if (code === "EntityTooLarge") upload.flushHeaders();
    else upload.end("hello");
    expect(await answer).toMatchObject({ status, body: expect.stringContaining(`<Code>${code}</Code>`) });
    upload.destroy();
    await rejectsWith(server.client.send(new HeadObjectCommand({ Bucket, Key: "k" })), "NotFound", 404);
  });
});

describe("latency and keys for benchmarks", () => {
  it("a large bucket needs no bytes: synthetic objects list and read as zeros", async () => {
    const keys = function* () {
      for (let at = 0; at < 3000; at++)
        yield { key: `k/${String(at).padStart(5, "0")}`, size: at, lastModifiedMs: 1000 };
    };
    expect(server.service.loadKeys(Bucket, keys())).toBe(3000);
    const page = await server.client.send(new ListObjectsV2Command({ Bucket, StartAfter: "k/01999" }));
    expect(page.Contents?.length).toBe(1000);
    expect(page.Contents?.[0]).toMatchObject({ Key: "k/02000", Size: 2000, LastModified: new Date(1000) });
    expect(await text(server.client, Bucket, "k/00003")).toBe("\0\0\0");
    expect(server.service.storedFiles).toBe(0);
  });
});
