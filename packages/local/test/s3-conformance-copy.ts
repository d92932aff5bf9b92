import assert from "node:assert/strict";
import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectTaggingCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketLifecycleConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { put, rejectsWith, text } from "./s3-expect.ts";

/** Copies, tags, and lifecycle settings. */
export const copyAndTagChecks: readonly S3Check[] = [
  {
    name: "a copy has the bytes, entity tag and metadata of its source, under any key",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const source = "a b/+ü/😀?x";
      await client.send(
        new PutObjectCommand({ Bucket, Key: source, Body: "hello", ContentType: "text/plain", Metadata: { a: "1" } }),
      );
      const copy = await client.send(
        new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${encodeURIComponent(source)}` }),
      );
      assert.equal(copy.CopyObjectResult?.ETag, '"5d41402abc4b2a76b9719d911017c592"');
      await put(client, Bucket, source, "changed");
      const read = await client.send(new GetObjectCommand({ Bucket, Key: "copy" }));
      assert.equal(await read.Body?.transformToString(), "hello");
      assert.equal(read.ContentType, "text/plain");
      assert.deepEqual(read.Metadata, { a: "1" });
    },
  },
  {
    name: "metadata is replaced on request; a copy onto itself must change something",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Metadata: { a: "1" } }));
      const onto = { Bucket, Key: "k", CopySource: `${Bucket}/k` };
      await rejectsWith(client.send(new CopyObjectCommand(onto)), "InvalidRequest", 400);
      await client.send(new CopyObjectCommand({ ...onto, MetadataDirective: "REPLACE", Metadata: { b: "2" } }));
      assert.deepEqual((await client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).Metadata, { b: "2" });
      assert.equal(await text(client, Bucket, "k"), "x");
    },
  },
  {
    name: "a copy does not keep the redirect of its source",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", WebsiteRedirectLocation: "/other" }));
      assert.equal((await client.send(new HeadObjectCommand({ Bucket, Key: "k" }))).WebsiteRedirectLocation, "/other");
      await client.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/k` }));
      const copy = await client.send(new HeadObjectCommand({ Bucket, Key: "c" }));
      assert.equal(copy.WebsiteRedirectLocation, undefined);
    },
  },
  {
    name: "an archived object is described, and neither read nor copied",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      for (const StorageClass of ["GLACIER", "DEEP_ARCHIVE"] as const) {
        await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello", StorageClass }));
        const head = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
        assert.equal(head.StorageClass, StorageClass);
        assert.equal(head.ContentLength, 5);
        const CopySource = `${Bucket}/k`;
        for (const call of [
          () => client.send(new GetObjectCommand({ Bucket, Key: "k" })),
          () => client.send(new GetObjectCommand({ Bucket, Key: "k", Range: "bytes=0-1" })),
          () => client.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource })),
          () => client.send(new CopyObjectCommand({ Bucket, Key: "k", CopySource, StorageClass: "STANDARD" })),
        ]) {
          await rejectsWith(call(), "InvalidObjectState", 403);
        }
        const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "c" }));
        const part = new UploadPartCopyCommand({ Bucket, Key: "c", UploadId, PartNumber: 1, CopySource });
        await rejectsWith(client.send(part), "InvalidObjectState", 403);
      }
      for (const StorageClass of ["GLACIER_IR", "STANDARD_IA"] as const) {
        await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello", StorageClass }));
        assert.equal(await text(client, Bucket, "k"), "hello");
      }
    },
  },
  {
    name: "conditions on the source of a copy",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "x");
      const copy = (conditions: object) =>
        client.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/k`, ...conditions }));
      await copy({ CopySourceIfMatch: etag });
      await rejectsWith(copy({ CopySourceIfMatch: '"other"' }), "PreconditionFailed", 412);
      await rejectsWith(copy({ CopySourceIfNoneMatch: etag }), "PreconditionFailed", 412);
      await rejectsWith(
        client.send(new CopyObjectCommand({ Bucket, Key: "c", CopySource: `${Bucket}/none` })),
        "NoSuchKey",
        404,
      );
    },
  },
  {
    name: "tags are set with the object or later, counted, read, replaced and removed",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "body", Tagging: "a=1&b=two%20words" }));
      const read = async () => (await client.send(new GetObjectTaggingCommand({ Bucket, Key: "k" }))).TagSet;
      assert.deepEqual(await read(), [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "two words" },
      ]);
      assert.equal((await client.send(new GetObjectCommand({ Bucket, Key: "k" }))).TagCount, 2);
      const TagSet = [{ Key: "c +-=._:/@", Value: "ü" }];
      await client.send(new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet } }));
      assert.deepEqual(await read(), TagSet);
      assert.equal(await text(client, Bucket, "k"), "body");
      await client.send(new DeleteObjectTaggingCommand({ Bucket, Key: "k" }));
      assert.deepEqual(await read(), []);
      const many = Array.from({ length: 11 }, (_, at) => ({ Key: `k${at}`, Value: "" }));
      const tooMany = new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: many } });
      await rejectsWith(client.send(tooMany), ["InvalidTag", "BadRequest"], 400);
    },
  },
  {
    name: "tags of other characters than S3 allows are refused, and those that AWS keeps to itself",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await put(client, Bucket, "k");
      for (const Key of ["c<&>", "a\u{1F680}", "aws:mine"]) {
        const tagging = new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key, Value: "" }] } });
        await rejectsWith(client.send(tagging), "InvalidTag", 400);
      }
    },
  },
  {
    name: "lifecycle rules are kept",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const get = () => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
      await rejectsWith(get(), "NoSuchLifecycleConfiguration", 404);
      await client.send(
        new PutBucketLifecycleConfigurationCommand({
          Bucket,
          LifecycleConfiguration: {
            Rules: [
              {
                ID: "tidy",
                Status: "Enabled",
                Filter: { Prefix: "out/" },
                AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
              },
              { ID: "expire", Status: "Disabled", Filter: { Prefix: "" }, Expiration: { Days: 30 } },
            ],
          },
        }),
      );
      const { Rules } = await get();
      assert.equal(Rules?.length, 2);
      assert.equal(Rules[0]?.AbortIncompleteMultipartUpload?.DaysAfterInitiation, 1);
      assert.equal(Rules[0]?.Filter?.Prefix, "out/");
      assert.equal(Rules[1]?.Expiration?.Days, 30);
    },
  },
];
