import assert from "node:assert/strict";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { bytes, patternBytes, put, rejectsWith, text } from "./s3-expect.ts";

const KEYS = [
  "plain",
  "a b  c",
  " leading and trailing ",
  "a+b",
  "a%2Fb%25",
  "a&b=c?d#e;f:g@h,i$j!k'l(m)n*o~p",
  "../../etc/passwd",
  "..",
  ".",
  "a/./b/../c",
  "a//b///",
  "/leading/slash",
  'back\\slash"quote<tag>|^`{}',
  "grüße/日本語/ключ",
  "emoji 😀/👩‍👩‍👧.txt",
  "tab\tnewline\nreturn\r",
  "x".repeat(1024),
  "😀".repeat(256),
] as const;

const keyChecks: readonly S3Check[] = KEYS.map((key) => ({
  name: `key ${JSON.stringify(key.length > 40 ? `${key.slice(0, 8)}... of 1,024 bytes` : key)} is written, read, listed and deleted`,
  async run(client, newBucket) {
    const Bucket = await newBucket();
    await put(client, Bucket, key, `body of ${key}`);
    assert.equal(await text(client, Bucket, key), `body of ${key}`);
    const page = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }));
    const listed = page.Contents?.map((each) => decodeURIComponent((each.Key ?? "").replaceAll("+", " ")));
    assert.deepEqual(listed, [key]);
    await client.send(new DeleteObjectCommand({ Bucket, Key: key }));
    await rejectsWith(client.send(new GetObjectCommand({ Bucket, Key: key })), "NoSuchKey", 404);
  },
}));

const RANGES: readonly (readonly [range: string, status: number, first: number, last: number])[] = [
  ["bytes=0-9", 206, 0, 9],
  ["bytes=10-19", 206, 10, 19],
  ["bytes=90-", 206, 90, 99],
  ["bytes=90-500", 206, 90, 99],
  ["bytes=-10", 206, 90, 99],
  ["bytes=-500", 206, 0, 99],
  ["bytes=99-99", 206, 99, 99],
  ["bytes=9-5", 200, 0, 99],
  ["bytes=abc", 200, 0, 99],
  ["lines=0-9", 200, 0, 99],
];

/** Reading and writing single objects, buckets, ranges, and keys of any kind. */
export const objectChecks: readonly S3Check[] = [
  ...keyChecks,
  {
    name: "a key of more than 1,024 bytes is refused",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await rejectsWith(put(client, Bucket, "x".repeat(1025)), "KeyTooLongError", 400);
      await rejectsWith(put(client, Bucket, "é".repeat(513)), "KeyTooLongError", 400);
    },
  },
  {
    name: "an object comes back with its bytes, size, MD5 entity tag, content type and metadata",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const sent = await client.send(
        new PutObjectCommand({
          Bucket,
          Key: "k",
          Body: "hello",
          ContentType: "text/plain; charset=utf-8",
          CacheControl: "max-age=60",
          ContentDisposition: "attachment",
          ContentLanguage: "en",
          ContentEncoding: "identity",
          Metadata: { one: "1", "two-words": "zwei Woerter" },
        }),
      );
      assert.equal(sent.ETag, '"5d41402abc4b2a76b9719d911017c592"');
      for (const read of [
        await client.send(new GetObjectCommand({ Bucket, Key: "k" })),
        await client.send(new HeadObjectCommand({ Bucket, Key: "k" })),
      ]) {
        assert.equal(read.ETag, sent.ETag);
        assert.equal(read.ContentLength, 5);
        assert.equal(read.ContentType, "text/plain; charset=utf-8");
        assert.equal(read.CacheControl, "max-age=60");
        assert.equal(read.ContentDisposition, "attachment");
        assert.equal(read.ContentLanguage, "en");
        assert.equal(read.ContentEncoding, "identity");
        assert.equal(read.AcceptRanges, "bytes");
        assert.deepEqual(read.Metadata, { one: "1", "two-words": "zwei Woerter" });
        assert.ok(read.LastModified instanceof Date && Math.abs(read.LastModified.getTime() - Date.now()) < 60_000);
      }
    },
  },
  {
    name: "an empty object is an object",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      assert.equal(await put(client, Bucket, "empty", new Uint8Array(0)), '"d41d8cd98f00b204e9800998ecf8427e"');
      assert.equal(await text(client, Bucket, "empty"), "");
      await rejectsWith(bytes(client, Bucket, "empty", "bytes=0-"), "InvalidRange", 416);
    },
  },
  {
    name: "a replaced object is replaced whole, metadata too",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "a long first body", Metadata: { a: "b" } }));
      await put(client, Bucket, "k", "short");
      assert.equal(await text(client, Bucket, "k"), "short");
      assert.deepEqual((await client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).Metadata, {});
    },
  },
  {
    name: "a body of 12 MiB comes back byte for byte, whole and in ranges",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const body = patternBytes(12 * 1024 * 1024);
      await put(client, Bucket, "large", body);
      assert.ok(body.equals(await bytes(client, Bucket, "large")));
      const range = await bytes(client, Bucket, "large", "bytes=5000000-9999999");
      assert.ok(body.subarray(5_000_000, 10_000_000).equals(range));
    },
  },
  {
    name: "a stream of known length arrives whole (aws-chunked with a trailer)",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const body = patternBytes(1_000_003, 7);
      const pieces = [body.subarray(0, 1), body.subarray(1, 65_536), body.subarray(65_536)];
      await client.send(
        new PutObjectCommand({ Bucket, Key: "s", Body: Readable.from(pieces), ContentLength: body.length }),
      );
      assert.ok(body.equals(await bytes(client, Bucket, "s")));
      const head = await client.send(new HeadObjectCommand({ Bucket, Key: "s" }));
      assert.equal(head.ContentLength, body.length);
      assert.equal(head.ContentEncoding, undefined);
    },
  },
  ...RANGES.map(
    ([range, status, first, last]): S3Check => ({
      name: `range ${range} of 100 bytes gives bytes ${first} to ${last} (${status})`,
      async run(client, newBucket) {
        const Bucket = await newBucket();
        const body = patternBytes(100);
        await put(client, Bucket, "k", body);
        const read = await client.send(new GetObjectCommand({ Bucket, Key: "k", Range: range }));
        assert.equal(read.$metadata.httpStatusCode, status);
        assert.ok(body.subarray(first, last + 1).equals((await read.Body?.transformToByteArray()) ?? Buffer.alloc(0)));
        assert.equal(read.ContentRange, status === 206 ? `bytes ${first}-${last}/100` : undefined);
        assert.equal(read.ContentLength, last - first + 1);
      },
    }),
  ),
  {
    name: "ranges that hold no byte are refused",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "k", "0123456789");
      await rejectsWith(bytes(client, Bucket, "k", "bytes=10-"), "InvalidRange", 416);
      await rejectsWith(bytes(client, Bucket, "k", "bytes=50-60"), "InvalidRange", 416);
      await rejectsWith(bytes(client, Bucket, "k", "bytes=-0"), "InvalidRange", 416);
    },
  },
  {
    name: "response headers can be replaced by the query",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "k", "x");
      const read = await client.send(
        new GetObjectCommand({ Bucket, Key: "k", ResponseContentType: "text/css", ResponseCacheControl: "no-store" }),
      );
      assert.equal(read.ContentType, "text/css");
      assert.equal(read.CacheControl, "no-store");
    },
  },
  {
    name: "the storage class is kept, and STANDARD is not named",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "ia", Body: "x", StorageClass: "STANDARD_IA" }));
      await put(client, Bucket, "std", "x");
      assert.equal((await client.send(new HeadObjectCommand({ Bucket, Key: "ia" }))).StorageClass, "STANDARD_IA");
      assert.equal((await client.send(new HeadObjectCommand({ Bucket, Key: "std" }))).StorageClass, undefined);
      const page = await client.send(new ListObjectsV2Command({ Bucket }));
      assert.deepEqual(
        page.Contents?.map((each) => each.StorageClass),
        ["STANDARD_IA", "STANDARD"],
      );
    },
  },
  {
    name: "more than 2 KB of metadata is refused",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const call = client.send(
        new PutObjectCommand({ Bucket, Key: "k", Body: "x", Metadata: { a: "x".repeat(2100) } }),
      );
      await rejectsWith(call, "MetadataTooLarge", 400);
    },
  },
  {
    name: "what is not there is NoSuchKey, NoSuchBucket, or a bare 404 to HEAD",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const nowhere = `${Bucket}-nowhere`;
      await rejectsWith(client.send(new GetObjectCommand({ Bucket, Key: "k" })), "NoSuchKey", 404);
      await rejectsWith(client.send(new HeadObjectCommand({ Bucket, Key: "k" })), "NotFound", 404);
      await rejectsWith(client.send(new GetObjectCommand({ Bucket: nowhere, Key: "k" })), "NoSuchBucket", 404);
      await rejectsWith(put(client, nowhere, "k", "x"), "NoSuchBucket", 404);
      await rejectsWith(client.send(new ListObjectsV2Command({ Bucket: nowhere })), "NoSuchBucket", 404);
      await rejectsWith(client.send(new HeadBucketCommand({ Bucket: nowhere })), "NotFound", 404);
    },
  },
  {
    name: "deleting what is not there succeeds",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const { $metadata } = await client.send(new DeleteObjectCommand({ Bucket, Key: "nothing" }));
      assert.equal($metadata.httpStatusCode, 204);
    },
  },
  {
    name: "DeleteObjects deletes many keys of any kind, and is silent when asked to be",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const keys = ["a", "b c", "d&<e>", "../f", "😀"];
      for (const key of keys) await put(client, Bucket, key, "x");
      await put(client, Bucket, "kept", "x");
      const Objects = [...keys, "absent"].map((Key) => ({ Key }));
      const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
      assert.deepEqual(Deleted?.map((each) => each.Key).sort(), [...keys, "absent"].sort());
      assert.equal(Errors, undefined);
      const left = await client.send(new ListObjectsV2Command({ Bucket }));
      assert.deepEqual(
        left.Contents?.map((each) => each.Key),
        ["kept"],
      );
      const quiet = await client.send(
        new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "kept" }], Quiet: true } }),
      );
      assert.equal(quiet.Deleted, undefined);
    },
  },
  {
    name: "buckets are made, seen, listed and, when empty, deleted",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new HeadBucketCommand({ Bucket }));
      const { Buckets } = await client.send(new ListBucketsCommand({}));
      assert.ok(Buckets?.some((each) => each.Name === Bucket && each.CreationDate instanceof Date));
      assert.equal((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint, undefined);
      await put(client, Bucket, "k", "x");
      await rejectsWith(client.send(new DeleteBucketCommand({ Bucket })), "BucketNotEmpty", 409);
      await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      await client.send(new DeleteBucketCommand({ Bucket }));
      await rejectsWith(client.send(new HeadBucketCommand({ Bucket })), "NotFound", 404);
    },
  },
  {
    name: "a version that there is not is neither read nor deleted in place of the object",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "k", "x");
      const VersionId = "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY+MTRCxf3vjVBH40Nr8X8gdRQBpUMLUo";
      const calls = [
        () => client.send(new GetObjectCommand({ Bucket, Key: "k", VersionId })),
        () => client.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId })),
        () => client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "k", VersionId }] } })),
      ];
      // What S3 answers depends on whether the id could be one of its own.
      for (const call of calls) await call().catch(() => undefined);
      assert.equal(await text(client, Bucket, "k"), "x");
      await client.send(new DeleteObjectCommand({ Bucket, Key: "k", VersionId: "null" }));
      await rejectsWith(client.send(new HeadObjectCommand({ Bucket, Key: "k" })), "NotFound", 404);
    },
  },
  {
    name: "a bucket that belongs to another account than expected is not touched",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "k", "x");
      const ExpectedBucketOwner = "999999999999";
      const Key = "k";
      for (const call of [
        () => client.send(new PutObjectCommand({ Bucket, Key, Body: "y", ExpectedBucketOwner })),
        () => client.send(new GetObjectCommand({ Bucket, Key, ExpectedBucketOwner })),
        () => client.send(new DeleteObjectCommand({ Bucket, Key, ExpectedBucketOwner })),
        () => client.send(new ListObjectsV2Command({ Bucket, ExpectedBucketOwner })),
      ]) {
        await rejectsWith(call(), "AccessDenied", 403);
      }
      assert.equal(await text(client, Bucket, "k"), "x");
    },
  },
  {
    name: "buckets are listed in pages, by prefix and by region",
    async run(client, newBucket) {
      const names = [await newBucket(), await newBucket(), await newBucket()].sort();
      const found: (string | undefined)[] = [];
      let token: string | undefined;
      do {
        const page = await client.send(new ListBucketsCommand({ MaxBuckets: 1, ContinuationToken: token }));
        assert.ok((page.Buckets ?? []).length <= 1);
        found.push(...(page.Buckets ?? []).map(({ Name }) => Name));
        token = page.ContinuationToken;
      } while (token !== undefined);
      for (const name of names) assert.ok(found.includes(name));
      const one = await client.send(new ListBucketsCommand({ Prefix: names[0] }));
      assert.ok(one.Buckets?.every(({ Name }) => Name?.startsWith(names[0] ?? "")));
      const elsewhere = await client.send(new ListBucketsCommand({ BucketRegion: "eu-south-2" }));
      assert.deepEqual(elsewhere.Buckets ?? [], []);
    },
  },
  {
    name: "bucket names that S3 refuses are refused",
    async run(client) {
      for (const Bucket of ["Upper", "a", "under_score", "192.168.1.1"]) {
        await rejectsWith(client.send(new CreateBucketCommand({ Bucket })), "InvalidBucketName", 400);
      }
    },
  },
];
