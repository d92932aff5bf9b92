import { crc32 } from "node:zlib";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { put } from "./s3-expect.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

const Bucket = "bucket";
const NOW_MS = Date.parse("2026-03-04T10:00:00Z");
let server: S3Server;
beforeAll(async () => {
  server = await startS3Server({ now: () => NOW_MS });
  await server.service.createBucket(Bucket);
  await put(server.client, Bucket, "k", "hello");
});
afterAll(() => server.close());

const scope = "AKIATEST/20260304/us-east-1/s3/aws4_request";
function presigned(key: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD",
    "X-Amz-Credential": scope,
    "X-Amz-Date": "20260304T095900Z",
    "X-Amz-Expires": "900",
    "X-Amz-Signature": "0".repeat(64),
    "X-Amz-SignedHeaders": "host",
    "x-id": "Any",
    ...more,
  });
  return `${server.endpoint}/${Bucket}/${key}?${query}`;
}

describe("a presigned URL", () => {
  it("reads an object until it expires", async () => {
    expect(await (await fetch(presigned("k"))).text()).toBe("hello");
    const late = await fetch(presigned("k", { "X-Amz-Expires": "59" }));
    expect(late.status).toBe(403);
    expect(await late.text()).toContain("<Message>Request has expired</Message>");
  });

  it("of an older SDK does, too", async () => {
    const url = (expires: number) =>
      `${server.endpoint}/${Bucket}/k?AWSAccessKeyId=AKIATEST&Signature=x%3D&Expires=${expires}`;
    expect((await fetch(url(NOW_MS / 1000 + 1))).status).toBe(200);
    expect((await fetch(url(NOW_MS / 1000 - 1))).status).toBe(403);
  });

  it.each(["0", "604801", "soon"])("cannot last %s seconds", async (expires) => {
    expect((await fetch(presigned("k", { "X-Amz-Expires": expires }))).status).toBe(400);
  });

  it("that carries headers in its query is as good as the headers", async () => {
    const url = presigned("new", { "x-amz-storage-class": "STANDARD_IA", "x-amz-meta-a": "1" });
    expect((await fetch(url, { method: "PUT", body: "x" })).status).toBe(200);
    const head = await server.client.send(new HeadObjectCommand({ Bucket, Key: "new" }));
    expect(head).toMatchObject({ StorageClass: "STANDARD_IA", Metadata: { a: "1" } });
  });

  it("that carries a checksum in its query takes no other body", async () => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32("right"));
    const url = presigned("sum", { "x-amz-checksum-crc32": sum.toString("base64") });
    expect((await fetch(url, { method: "PUT", body: "wrong" })).status).toBe(400);
    expect((await fetch(url, { method: "PUT", body: "right" })).status).toBe(200);
  });

  it("that carries what is not served is refused by its name", async () => {
    const refused = await fetch(presigned("k", { "x-amz-object-lock-mode": "GOVERNANCE" }), {
      method: "PUT",
      body: "",
    });
    expect(refused.status).toBe(501);
    expect(await refused.text()).toContain("x-amz-object-lock-mode");
  });
});
