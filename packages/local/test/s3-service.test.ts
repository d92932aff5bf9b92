import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createS3, type S3Latency } from "../src/s3/s3.ts";
import { put, rejectsWith, text } from "./s3-expect.ts";
import { type S3Server, startS3Server } from "./s3-server.ts";

// Real sockets and disks on a machine that may be busy: far above what any of these takes.
const Bucket = "bucket";
const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-03-04T10:00:00Z");
let server: S3Server;
let nowMs: number;
const slow: S3Latency = {};

beforeEach(async () => {
  nowMs = START_MS;
  server = await startS3Server({ now: () => nowMs, slow, denied: (_, __, key) => key === "denied" });
  await server.service.createBucket(Bucket);
});
afterEach(async () => {
  for (const name of Object.keys(slow) as (keyof S3Latency)[]) delete slow[name];
  await server.close();
});

describe("every call asks for the permissions AWS demands", () => {
  const object = `arn:aws:s3:::${Bucket}/k`;
  const bucket = `arn:aws:s3:::${Bucket}`;
  const calls: readonly (readonly [
    name: string,
    call: (server: S3Server) => Promise<unknown>,
    actions: readonly string[],
  ])[] = [
    ["PutObject", (s) => put(s.client, Bucket, "k", "x"), [`s3:PutObject ${object}`]],
    [
      "PutObject with tags",
      (s) => s.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Tagging: "a=b" })),
      [`s3:PutObject ${object}`, `s3:PutObjectTagging ${object}`],
    ],
    [
      "PutObject with IfMatch",
      (s) => s.client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", IfMatch: '"x"' })),
      [`s3:PutObject ${object}`, `s3:GetObject ${object}`],
    ],
    ["GetObject of what is there", (s) => text(s.client, Bucket, "there"), [`s3:GetObject ${bucket}/there`]],
    [
      "HeadObject of what is not there",
      (s) => s.client.send(new HeadObjectCommand({ Bucket, Key: "k" })),
      [`s3:GetObject ${object}`, `s3:ListBucket ${bucket}`],
    ],
    ["ListObjectsV2", (s) => s.client.send(new ListObjectsV2Command({ Bucket })), [`s3:ListBucket ${bucket}`]],
    [
      "CopyObject",
      (s) => s.client.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource: `${Bucket}/there` })),
      [`s3:PutObject ${object}`, `s3:GetObject ${bucket}/there`],
    ],
    [
      "CreateMultipartUpload",
      (s) => s.client.send(new CreateMultipartUploadCommand({ Bucket, Key: "k" })),
      [`s3:PutObject ${object}`],
    ],
    [
      "ListParts",
      (s) => s.client.send(new ListPartsCommand({ Bucket, Key: "k", UploadId: "u" })),
      [`s3:ListMultipartUploadParts ${object}`],
    ],
    [
      "ListMultipartUploads",
      (s) => s.client.send(new ListMultipartUploadsCommand({ Bucket })),
      [`s3:ListBucketMultipartUploads ${bucket}`],
    ],
    [
      "DeleteObjects",
      (s) => s.client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k" }, { Key: "l" }] } })),
      [`s3:DeleteObject ${object}`, `s3:DeleteObject ${bucket}/l`],
    ],
  ];

  it.for(calls)("%s", async ([, call, actions]) => {
    await put(server.client, Bucket, "there", "x");
    server.authorized.length = 0;
    await call(server).catch(() => undefined);
    expect(server.authorized).toEqual(actions);
  });

  it("and a refused one is AccessDenied in S3's form, without effect", async () => {
    server.refused.add("s3:PutObject");
    await rejectsWith(put(server.client, Bucket, "k", "x"), "AccessDenied", 403);
    server.refused.clear();
    server.refused.add("s3:GetObject");
    await rejectsWith(server.client.send(new GetObjectCommand({ Bucket, Key: "k" })), "AccessDenied", 403);
    server.refused.clear();
    await rejectsWith(server.client.send(new GetObjectCommand({ Bucket, Key: "k" })), "NoSuchKey", 404);
  });

  it("who may not list a bucket is not told what is absent", async () => {
    server.refused.add("s3:ListBucket");
    await rejectsWith(server.client.send(new GetObjectCommand({ Bucket, Key: "k" })), "AccessDenied", 403);
  });

  it("DeleteObjects reports a refused key beside those deleted", async () => {
    await put(server.client, Bucket, "a", "x");
    server.refused.add(`s3:DeleteObject ${object}`);
    const answer = await server.client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "a" }, { Key: "k" }] } }),
    );
    expect(answer.Deleted?.map((each) => each.Key)).toEqual(["a"]);
    expect(answer.Errors).toMatchObject([{ Key: "k", Code: "AccessDenied" }]);
  });
});

describe("what is not there to be had says so", () => {
  it("operations by name", async () => {
    await expect(server.client.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("GetBucketPolicy"),
    });
  });

  it("versioning, through the API and in process", async () => {
    const enable = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
    await rejectsWith(server.client.send(enable), "NotImplemented", 501);
    await expect(server.service.createBucket("versioned", { versioning: true })).rejects.toMatchObject({
      code: "NotImplemented",
    });
    expect(server.service.listBuckets()).toEqual([Bucket]);
  });

  it("lifecycle actions by name, and the rules that were there stay", async () => {
    const transition = new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: {
        Rules: [{ Status: "Enabled", Filter: { Prefix: "" }, Transitions: [{ Days: 1, StorageClass: "GLACIER" }] }],
      },
    });
    await expect(server.client.send(transition)).rejects.toMatchObject({
      name: "NotImplemented",
      message: expect.stringContaining("Transition"),
    });
  });
});

describe("lifecycle rules take effect when swept", () => {
  it("uploads that were never completed are aborted at the midnight after their days, by prefix", async () => {
    await server.service.createBucket("tidy", {
      lifecycle: [{ id: "tidy", isEnabled: true, prefix: "out/", abortIncompleteUploadDays: 2 }],
    });
    for (const Key of ["out/a", "other/b"]) {
      const { UploadId } = await server.client.send(new CreateMultipartUploadCommand({ Bucket: "tidy", Key }));
      await server.client.send(new UploadPartCommand({ Bucket: "tidy", Key, UploadId, PartNumber: 1, Body: "x" }));
    }
    const midnightAfter = Date.parse("2026-03-07T00:00:00Z");
    expect(server.service.sweepLifecycle(START_MS + 2 * DAY_MS).abortedUploads).toBe(0);
    expect(server.service.sweepLifecycle(midnightAfter - 1).abortedUploads).toBe(0);
    expect(server.service.sweepLifecycle(midnightAfter).abortedUploads).toBe(1);
    const left = await server.client.send(new ListMultipartUploadsCommand({ Bucket: "tidy" }));
    expect(left.Uploads?.map((each) => each.Key)).toEqual(["other/b"]);
  });

  it("objects expire, by prefix; disabled rules do nothing", async () => {
    await server.service.createBucket("tidy", {
      lifecycle: [
        { id: "expire", isEnabled: true, prefix: "tmp/", expirationDays: 1 },
        { id: "off", isEnabled: false, prefix: "", expirationDays: 1 },
      ],
    });
    await put(server.client, "tidy", "tmp/a", "x");
    await put(server.client, "tidy", "kept", "x");
    expect(server.service.sweepLifecycle(START_MS + 3 * DAY_MS)).toEqual({ abortedUploads: 0, expiredObjects: 1 });
    await rejectsWith(server.client.send(new GetObjectCommand({ Bucket: "tidy", Key: "tmp/a" })), "NoSuchKey", 404);
    expect(await text(server.client, "tidy", "kept")).toBe("x");
  });
});

describe("faults on request", () => {
  it("latency is put in front of an operation, and can be changed between calls", async () => {
    const timed = async (): Promise<number> => {
      const startMs = performance.now();
      await server.client.send(new ListObjectsV2Command({ Bucket }));
      return performance.now() - startMs;
    };
    await timed();
    slow.beforeListMs = 500;
    expect(await timed()).toBeGreaterThanOrEqual(495);
    slow.beforeListMs = 0;
    expect(Math.min(await timed(), await timed(), await timed())).toBeLessThan(495);
  });

  it("a denied call is AccessDenied", async () => {
    await rejectsWith(put(server.client, Bucket, "denied", "x"), "AccessDenied", 403);
    await put(server.client, Bucket, "allowed", "x");
  });
});

describe("a bucket made in process", () => {
  it("has an ARN, and keeps its objects when it is made again", async () => {
    await put(server.client, Bucket, "k", "x");
    await server.service.createBucket(Bucket);
    expect(await text(server.client, Bucket, "k")).toBe("x");
    expect(server.service.bucketArn(Bucket)).toBe("arn:aws:s3:::bucket");
    await expect(server.service.createBucket("Not A Bucket")).rejects.toMatchObject({ code: "InvalidBucketName" });
  });
});

describe("completing an upload", () => {
  it("that its condition refuses leaves the upload and its parts as they were", async () => {
    const etag = await put(server.client, Bucket, "k", "x");
    const upload = { Bucket, Key: "k" };
    const { UploadId } = await server.client.send(new CreateMultipartUploadCommand(upload));
    const { ETag } = await server.client.send(new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: "y" }));
    const complete = new CompleteMultipartUploadCommand({
      ...upload,
      UploadId,
      IfMatch: etag,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    await put(server.client, Bucket, "k", "z");
    await rejectsWith(server.client.send(complete), "PreconditionFailed", 412);
    const left = await server.client.send(new ListPartsCommand({ ...upload, UploadId }));
    expect(left.Parts?.length).toBe(1);
  });

  it("by itself, every hour", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const nowMs = START_MS + 3 * DAY_MS;
      const directory = mkdtempSync(join(tmpdir(), "longhaul-s3-"));
      const options = { directory, now: () => nowMs, deliver: async () => {}, region: "eu-west-1", accountId: "1" };
      const s3 = createS3(options as Parameters<typeof createS3>[0]);
      await s3.createBucket("tidy", { lifecycle: [{ id: "e", isEnabled: true, prefix: "", expirationDays: 1 }] });
      s3.loadKeys("tidy", [{ key: "old", size: 1, lastModifiedMs: START_MS }]);
      vi.advanceTimersByTime(3_600_000);
      expect(s3.sweepLifecycle(nowMs).expiredObjects).toBe(0);
      await s3.stop();
      expect(vi.getTimerCount()).toBe(0);
      rmSync(directory, { recursive: true });
    } finally {
      vi.useRealTimers();
    }
  });
});
