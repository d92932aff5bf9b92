import { randomBytes } from "node:crypto";
import {
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { copyObject } from "../src/actions/copy-object.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-bucket.ts";

const MIB = 1024 ** 2;
/** As small as parts of S3 may be, so that an object of some MiB is a large one. */
const sizes = { maxCopyBytes: 6 * MIB, partBytes: 5 * MIB };
const never = new AbortController().signal;

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets("source", "target");
});
afterAll(() => s3.stop());
beforeEach(() => {
  delete s3.hooks.isDenied;
  s3.operations.length = 0;
});

let keys = 0;
/** Puts an object of random bytes, and answers with it as it would be listed. */
async function putObject(size: number, more: Partial<PutObjectCommandInput> = {}) {
  const key = `é/${keys++} +`;
  const body = randomBytes(size);
  const { ETag = "" } = await s3.client.send(new PutObjectCommand({ Bucket: "source", Key: key, Body: body, ...more }));
  return { key, size, body, etag: ETag.replaceAll('"', ""), lastModified: "", storageClass: "STANDARD" };
}

const copy = (object: Awaited<ReturnType<typeof putObject>>, signal = never, partBytes = sizes.partBytes) =>
  copyObject(
    {
      client: s3.client,
      bucket: "source",
      prefix: "é/",
      target: { bucket: "target", prefix: "kept/" },
      sizes: { ...sizes, partBytes },
    },
    object,
    signal,
  );

const copyOf = (key: string) => ({ Bucket: "target", Key: `kept/${key.slice("é/".length)}` });
const uploads = async () => (await s3.client.send(new ListMultipartUploadsCommand({ Bucket: "target" }))).Uploads ?? [];
const countOf = (operation: string) => s3.operations.filter((each) => each === operation).length;

describe("an object that is too large for one request is copied in parts", () => {
  it("with its content, metadata and tags", async () => {
    const object = await putObject(12 * MIB + 1, {
      CacheControl: "max-age=60",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      ContentLanguage: "de",
      ContentType: "text/x-large",
      Expires: new Date("2027-01-01T00:00:00Z"),
      Metadata: { owner: "a b" },
      Tagging: "kind=a%20%2B%20b%3Dc%2Fd&empty=",
    });
    await copy(object);
    expect(countOf("UploadPartCopy")).toBe(3);
    expect(countOf("CopyObject")).toBe(0);
    const { Body, ...described } = await s3.client.send(new GetObjectCommand(copyOf(object.key)));
    expect(object.body.equals((await Body?.transformToByteArray()) ?? Buffer.alloc(0))).toBe(true);
    expect(described).toMatchObject({
      CacheControl: "max-age=60",
      ContentDisposition: "inline",
      ContentEncoding: "identity",
      ContentLanguage: "de",
      ContentType: "text/x-large",
      ExpiresString: "Fri, 01 Jan 2027 00:00:00 GMT",
      Metadata: { owner: "a b" },
    });
    const { TagSet } = await s3.client.send(new GetObjectTaggingCommand(copyOf(object.key)));
    expect(TagSet).toEqual(
      expect.arrayContaining([
        { Key: "kind", Value: "a + b=c/d" },
        { Key: "empty", Value: "" },
      ]),
    );
    expect(await uploads()).toEqual([]);
  });

  it("and one that is just small enough is not", async () => {
    await copy(await putObject(sizes.maxCopyBytes));
    expect(s3.operations.filter((operation) => operation.includes("Copy"))).toEqual(["CopyObject"]);
  });

  it("again, over what is there", async () => {
    const object = await putObject(7 * MIB);
    await copy(object);
    await copy(object);
    const { ContentLength } = await s3.client.send(new HeadObjectCommand(copyOf(object.key)));
    expect(ContentLength).toBe(7 * MIB);
  });
});

describe("a copy in parts that cannot be made leaves nothing behind", () => {
  it("if the object was replaced since it was listed", async () => {
    const object = await putObject(7 * MIB);
    await s3.put("source", object.key, "replaced meanwhile");
    await expect(copy(object)).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    expect(countOf("CreateMultipartUpload")).toBe(0);
  });

  it("if it is replaced in the middle", async () => {
    const object = await putObject(7 * MIB);
    let replacing: Promise<unknown> | undefined;
    s3.hooks.isDenied = (operation) => {
      if (operation === "CreateMultipartUpload") replacing = s3.put("source", object.key, "replaced meanwhile");
      return false;
    };
    await expect(copy(object)).rejects.toMatchObject({ name: "PreconditionFailed" });
    await replacing;
    expect(await uploads()).toEqual([]);
  });

  it.each(["UploadPartCopy", "CompleteMultipartUpload"])("if %s fails", async (failing) => {
    const object = await putObject(12 * MIB);
    s3.hooks.isDenied = (operation) => operation === failing;
    await expect(copy(object)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(await uploads()).toEqual([]);
  });

  it("and is given up at once if one part fails", async () => {
    const object = await putObject(7 * MIB);
    s3.hooks.isDenied = (operation) => operation === "UploadPartCopy" && countOf(operation) === 1;
    await expect(copy(object, never, 16 * 1024)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(countOf("UploadPartCopy")).toBeLessThan(100);
    expect(await uploads()).toEqual([]);
  });

  it("if time is up", async () => {
    const object = await putObject(12 * MIB);
    const controller = new AbortController();
    s3.hooks.isDenied = (operation) => {
      if (operation === "UploadPartCopy") controller.abort();
      return false;
    };
    await expect(copy(object, controller.signal)).rejects.toMatchObject({ name: "AbortError" });
    expect(await uploads()).toEqual([]);
  });
});
