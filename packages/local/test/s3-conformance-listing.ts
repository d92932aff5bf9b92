import assert from "node:assert/strict";
import {
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { S3Check } from "./s3-conformance.ts";
import { put, rejectsWith } from "./s3-expect.ts";

async function fill(client: S3Client, bucket: string, keys: readonly string[]): Promise<void> {
  const queue = [...keys];
  const worker = async (): Promise<void> => {
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) await put(client, bucket, key);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
}

async function walk(client: S3Client, input: ListObjectsV2CommandInput): Promise<{ results: string[]; pages: number }> {
  const results: string[] = [];
  let token: string | undefined;
  let pages = 0;
  do {
    const page = await client.send(new ListObjectsV2Command({ ...input, ContinuationToken: token }));
    pages++;
    const keys = (page.Contents ?? []).map((each) => each.Key ?? "");
    const prefixes = (page.CommonPrefixes ?? []).map((each) => each.Prefix ?? "");
    assert.equal(page.KeyCount, keys.length + prefixes.length);
    assert.equal(page.IsTruncated, page.NextContinuationToken !== undefined);
    results.push(...keys, ...prefixes);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return { results, pages };
}

const byUtf8 = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));
const MIXED = [
  "B",
  "a",
  "A",
  "b",
  "Z",
  "_",
  "~",
  "é",
  "e",
  "日",
  "\u{ff5e}",
  "😀",
  "a/",
  "a0",
  "a-",
  "0",
  "a b",
  "10",
  "9",
];

/** Listings: order, pages, prefixes, encodings. */
export const listingChecks: readonly S3Check[] = [
  {
    name: "keys come in UTF-8 binary order, emoji after U+FF5E",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, MIXED);
      assert.deepEqual((await walk(client, { Bucket })).results, [...MIXED].sort(byUtf8));
    },
  },
  {
    name: "pages neither skip nor repeat a key, whatever their size",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, MIXED);
      for (const MaxKeys of [1, 2, 7, MIXED.length]) {
        const { results, pages } = await walk(client, { Bucket, MaxKeys });
        assert.deepEqual(results, [...MIXED].sort(byUtf8));
        assert.equal(pages, Math.ceil(MIXED.length / MaxKeys));
      }
    },
  },
  {
    name: "StartAfter begins after the key, whether or not it exists",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a", "b", "d"]);
      assert.deepEqual((await walk(client, { Bucket, StartAfter: "b" })).results, ["d"]);
      assert.deepEqual((await walk(client, { Bucket, StartAfter: "c" })).results, ["d"]);
      assert.deepEqual((await walk(client, { Bucket, StartAfter: "d" })).results, []);
      const page = await client.send(new ListObjectsV2Command({ Bucket, StartAfter: "a", MaxKeys: 1 }));
      assert.equal(page.StartAfter, "a");
      const next = await client.send(
        new ListObjectsV2Command({ Bucket, StartAfter: "a", ContinuationToken: page.NextContinuationToken }),
      );
      assert.deepEqual(
        next.Contents?.map((each) => each.Key),
        ["d"],
      );
    },
  },
  {
    name: "Prefix limits, and StartAfter before it changes nothing",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a", "p", "p/1", "p/2", "p0", "q"]);
      assert.deepEqual((await walk(client, { Bucket, Prefix: "p/" })).results, ["p/1", "p/2"]);
      assert.deepEqual((await walk(client, { Bucket, Prefix: "p" })).results, ["p", "p/1", "p/2", "p0"]);
      assert.deepEqual((await walk(client, { Bucket, Prefix: "p/", StartAfter: "a" })).results, ["p/1", "p/2"]);
      assert.deepEqual((await walk(client, { Bucket, Prefix: "p/", StartAfter: "p/1" })).results, ["p/2"]);
      assert.deepEqual((await walk(client, { Bucket, Prefix: "p/", StartAfter: "q" })).results, []);
    },
  },
  {
    name: "Delimiter rolls keys up into common prefixes, each once, across pages",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a/1", "a/2", "a/3", "b", "c/1", "c/2/x", "d"]);
      for (const MaxKeys of [1, 2, 3, 100]) {
        const { results } = await walk(client, { Bucket, Delimiter: "/", MaxKeys });
        assert.deepEqual([...results].sort(), ["a/", "b", "c/", "d"]);
      }
      assert.deepEqual((await walk(client, { Bucket, Delimiter: "/", Prefix: "c/" })).results, ["c/1", "c/2/"]);
      assert.deepEqual((await walk(client, { Bucket, Delimiter: "/", Prefix: "a" })).results, ["a/"]);
    },
  },
  {
    name: "a delimiter may be any string",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a--b--c", "a--d", "a-e", "f"]);
      const page = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: "--" }));
      assert.deepEqual(
        page.CommonPrefixes?.map((each) => each.Prefix),
        ["a--"],
      );
      assert.deepEqual(
        page.Contents?.map((each) => each.Key),
        ["a-e", "f"],
      );
    },
  },
  {
    name: "EncodingType=url encodes keys, prefixes and delimiter, and carries what XML cannot",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const keys = ["p q/a\u0001b", "p q/x/ü+1", "p q/x/2"];
      await fill(client, Bucket, keys);
      const page = await client.send(
        new ListObjectsV2Command({ Bucket, EncodingType: "url", Prefix: "p q/", Delimiter: "/" }),
      );
      assert.equal(page.EncodingType, "url");
      assert.deepEqual(
        page.Contents?.map((each) => each.Key),
        ["p+q/a%01b"],
      );
      assert.deepEqual(
        page.CommonPrefixes?.map((each) => each.Prefix),
        ["p+q/x/"],
      );
      assert.equal(page.Prefix, "p+q/");
      const all = await client.send(new ListObjectsV2Command({ Bucket, EncodingType: "url", Prefix: "p q/x/" }));
      assert.deepEqual(
        all.Contents?.map((each) => each.Key),
        ["p+q/x/2", "p+q/x/%C3%BC%2B1"],
      );
    },
  },
  {
    name: "an entry has size, entity tag, date and storage class; the owner only on request",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "hello" }));
      const [entry] = (await client.send(new ListObjectsV2Command({ Bucket }))).Contents ?? [];
      assert.equal(entry?.Size, 5);
      assert.equal(entry?.ETag, '"5d41402abc4b2a76b9719d911017c592"');
      assert.equal(entry?.StorageClass, "STANDARD");
      assert.ok(entry?.LastModified instanceof Date);
      assert.equal(entry.Owner, undefined);
      const [owned] = (await client.send(new ListObjectsV2Command({ Bucket, FetchOwner: true }))).Contents ?? [];
      assert.ok(owned?.Owner?.ID !== undefined);
    },
  },
  {
    name: "MaxKeys: 0 gives nothing and is not truncated, below 0 and a foreign token are refused",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a", "b"]);
      const none = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 0 }));
      assert.equal(none.KeyCount, 0);
      assert.equal(none.IsTruncated, false);
      await rejectsWith(client.send(new ListObjectsV2Command({ Bucket, MaxKeys: -1 })), "InvalidArgument", 400);
      const foreign = new ListObjectsV2Command({ Bucket, ContinuationToken: "not-a-token" });
      await rejectsWith(client.send(foreign), "InvalidArgument", 400);
    },
  },
  {
    name: "a page holds at most 1,000 keys",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      const keys = Array.from({ length: 1003 }, (_, at) => `k${String(at).padStart(5, "0")}`);
      await fill(client, Bucket, keys);
      const page = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 5000 }));
      assert.equal(page.Contents?.length, 1000);
      assert.equal(page.IsTruncated, true);
      assert.deepEqual((await walk(client, { Bucket })).results, keys);
    },
  },
  {
    name: "a key written or deleted between pages is seen or not, by its place alone",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a", "c", "e"]);
      const first = await client.send(new ListObjectsV2Command({ Bucket, MaxKeys: 2 }));
      await fill(client, Bucket, ["b", "d"]);
      const rest = await client.send(
        new ListObjectsV2Command({ Bucket, ContinuationToken: first.NextContinuationToken }),
      );
      assert.deepEqual(
        rest.Contents?.map((each) => each.Key),
        ["d", "e"],
      );
    },
  },
  {
    name: "the first version of the listing pages by marker",
    async run(client, newBucket) {
      const Bucket = await newBucket();
      await fill(client, Bucket, ["a/1", "a/2", "b", "c"]);
      const first = await client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 1 }));
      assert.deepEqual(
        first.CommonPrefixes?.map((each) => each.Prefix),
        ["a/"],
      );
      assert.equal(first.NextMarker, "a/");
      const rest = await client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", Marker: "a/" }));
      assert.deepEqual(
        rest.Contents?.map((each) => each.Key),
        ["b", "c"],
      );
      assert.equal(rest.CommonPrefixes, undefined);
    },
  },
];
