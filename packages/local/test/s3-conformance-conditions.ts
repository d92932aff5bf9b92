import assert from "node:assert/strict";
import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { put, rejectsWith, text } from "./s3-expect.ts";

const HOUR_MS = 3_600_000;
const NOT_MODIFIED = ["NotModified", "304", "Unknown"];

/** Conditional reads and writes. */
export const conditionChecks: readonly S3Check[] = [
  {
    name: "IfNoneMatch with the entity tag answers 304, with another the object",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "x");
      await rejectsWith(client.send(new GetObjectCommand({ Bucket, Key: "k", IfNoneMatch: etag })), NOT_MODIFIED, 304);
      await rejectsWith(client.send(new HeadObjectCommand({ Bucket, Key: "k", IfNoneMatch: etag })), NOT_MODIFIED, 304);
      await client.send(new GetObjectCommand({ Bucket, Key: "k", IfNoneMatch: '"other"' }));
    },
  },
  {
    name: "IfMatch reads only what has the entity tag, with a range too",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "0123456789");
      const read = await client.send(new GetObjectCommand({ Bucket, Key: "k", IfMatch: etag, Range: "bytes=2-3" }));
      assert.equal(await read.Body?.transformToString(), "23");
      await put(client, Bucket, "k", "replaced");
      const stale = new GetObjectCommand({ Bucket, Key: "k", IfMatch: etag, Range: "bytes=2-3" });
      await rejectsWith(client.send(stale), "PreconditionFailed", 412);
    },
  },
  {
    name: "dates are conditions, and entity tags go before them",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "x");
      const before = new Date(Date.now() - HOUR_MS);
      const { LastModified } = await client.send(new HeadObjectCommand({ Bucket, Key: "k" }));
      const get = (conditions: object) => client.send(new GetObjectCommand({ Bucket, Key: "k", ...conditions }));
      await get({ IfModifiedSince: before });
      await rejectsWith(get({ IfModifiedSince: LastModified }), NOT_MODIFIED, 304);
      await get({ IfUnmodifiedSince: LastModified });
      await rejectsWith(get({ IfUnmodifiedSince: before }), "PreconditionFailed", 412);
      await get({ IfMatch: etag, IfUnmodifiedSince: before });
      await rejectsWith(get({ IfNoneMatch: etag, IfModifiedSince: before }), NOT_MODIFIED, 304);
    },
  },
  {
    name: "IfNoneMatch * creates only",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const create = () => client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "first", IfNoneMatch: "*" }));
      await create();
      await rejectsWith(create(), "PreconditionFailed", 412);
      await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
      await create();
      assert.equal(await text(client, Bucket, "k"), "first");
    },
  },
  {
    name: "IfMatch writes only over the entity tag it names",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const swap = (IfMatch: string) => client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "new", IfMatch }));
      await rejectsWith(swap('"none"'), "NoSuchKey", 404);
      const etag = await put(client, Bucket, "k", "old");
      await rejectsWith(swap('"other"'), "PreconditionFailed", 412);
      assert.equal(await text(client, Bucket, "k"), "old");
      await swap(etag);
      assert.equal(await text(client, Bucket, "k"), "new");
    },
  },
  {
    name: "20 writers that create only: exactly one wins, and its body stays",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const writers = Array.from({ length: 20 }, (_, writer) =>
        client.send(new PutObjectCommand({ Bucket, Key: "k", Body: `writer ${writer}`, IfNoneMatch: "*" })).then(
          () => writer,
          () => undefined,
        ),
      );
      const winners = (await Promise.all(writers)).filter((writer) => writer !== undefined);
      assert.equal(winners.length, 1);
      assert.equal(await text(client, Bucket, "k"), `writer ${winners[0]}`);
    },
  },
  {
    name: "20 writers that compare and swap: exactly one wins",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "base");
      const writers = Array.from({ length: 20 }, (_, writer) =>
        client.send(new PutObjectCommand({ Bucket, Key: "k", Body: `writer ${writer}`, IfMatch: etag })).then(
          () => writer,
          () => undefined,
        ),
      );
      const winners = (await Promise.all(writers)).filter((writer) => writer !== undefined);
      assert.equal(winners.length, 1);
      assert.equal(await text(client, Bucket, "k"), `writer ${winners[0]}`);
    },
  },
  {
    name: "a conditional delete removes only the entity tag it names",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const etag = await put(client, Bucket, "k", "x");
      const wrong = new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: '"other"' });
      await rejectsWith(client.send(wrong), "PreconditionFailed", 412);
      await client.send(new DeleteObjectCommand({ Bucket, Key: "k", IfMatch: etag }));
      await rejectsWith(client.send(new GetObjectCommand({ Bucket, Key: "k" })), "NoSuchKey", 404);
    },
  },
];
