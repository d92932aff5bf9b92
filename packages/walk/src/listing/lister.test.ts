import { ListObjectsV2Command, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pausesOnly } from "../../test/pauses-only.ts";
import { type ScriptedAnswer, scriptedS3 } from "../../test/scripted-s3.ts";
import { decodeUrlText } from "./key-text.ts";
import { type ListedPage, objectAt } from "./listed-page.ts";
import { type ListedPlace, listerOf, type PagePlace } from "./lister.ts";
import { PagePool } from "./page-memory.ts";

let aws: LocalAws;
let client: S3Client;
const slow: { beforeListMs?: number } = {};

beforeAll(async () => {
  aws = await startLocalAws({ s3: { slow, isStartAfterStrict: true } });
  client = clientOf(aws.url);
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

const clientOf = (endpoint: string, options: Pick<S3ClientConfig, "cacheMiddleware" | "maxAttempts"> = {}) =>
  new S3Client({
    endpoint,
    region: "us-east-1",
    credentials: outsideCredentials,
    forcePathStyle: true,
    ...options,
  });

const listPage = (of: S3Client, { startAfter, token, signal, ...listing }: ListedPlace & PagePlace) =>
  listerOf(of, listing)({ startAfter, token, signal });

/** The page that comes of what a server answers, request by request. */
async function answered(...script: readonly (string | ScriptedAnswer)[]): Promise<ListedPage> {
  await using s3 = await scriptedS3(...script);
  const other = clientOf(s3.url, { maxAttempts: 1 });
  try {
    return await listPage(other, { bucket: "b", attempts: 2 });
  } finally {
    other.destroy();
  }
}

const objectsOf = (page: ListedPage) => Array.from({ length: page.length }, (_, index) => objectAt(page, index));

async function parsedBySdk(bucket: string) {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, EncodingType: "url" }));
  return Contents.map((object) => ({
    key: decodeUrlText(object.Key ?? ""),
    size: object.Size,
    lastModified: object.LastModified?.toISOString(),
    etag: object.ETag?.replaceAll('"', ""),
    storageClass: object.StorageClass,
  }));
}

let buckets = 0;
async function bucketWith(keys: Iterable<string>): Promise<string> {
  const bucket = `bucket-${buckets++}`;
  await aws.s3.createBucket(bucket);
  let size = 0;
  aws.s3.loadKeys(
    bucket,
    [...keys].map((key) => ({ key, size: size++ * 7_919, storageClass: size % 3 === 0 ? "GLACIER_IR" : "STANDARD" })),
  );
  return bucket;
}

const character = fc.oneof(
  fc.constantFrom(
    ..."abc019 /+%&<>\"'=?#\\_-.*~\u0000\u0001\t\n\r\u007f\u0085é\u2028\ud7ff\ue000\ufeff\ufffd\ufffe\uffff",
    "😀",
    "\u{10ffff}",
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);
const key = fc.array(character, { minLength: 1, maxLength: 40 }).map((characters) => characters.join(""));

describe("a page says of its objects what the SDK's own parser says", () => {
  it("for keys of any Unicode", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 30 }), async (keys) => {
        const bucket = await bucketWith(keys);
        const list = listerOf(client, { bucket });
        const objects = objectsOf(await list());
        expect(objects).toEqual(await parsedBySdk(bucket));
        expect(objectsOf(await list())).toEqual(objects);
        expect(new Set(objects.map((object) => object.key))).toEqual(new Set(keys));
      }),
      { numRuns: 100 },
    );
  });

  it("for an empty bucket", async () => {
    const page = await listPage(client, { bucket: await bucketWith([]) });
    expect([page.length, page.isTruncated, page.nextToken]).toEqual([0, false, undefined]);
  });

  it("for a full page of the longest keys", async () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => "é".repeat(510) + String(i).padStart(4, "0"));
    const page = await listPage(client, { bucket: await bucketWith(keys) });
    expect(objectsOf(page).map((object) => object.key)).toEqual(keys);
  });
});

describe("a page begins", () => {
  const keys = Array.from({ length: 25 }, (_, i) => `a b/${String(i).padStart(2, "0")}`);
  const keysOf = (page: ListedPage) => objectsOf(page).map((object) => object.key);

  it("where the page before said", async () => {
    const bucket = await bucketWith(keys);
    const first = await listPage(client, { bucket, maxKeys: 10 });
    const second = await listPage(client, { bucket, maxKeys: 10, token: first.nextToken });
    const third = await listPage(client, { bucket, maxKeys: 10, token: second.nextToken });
    expect([first, second, third].flatMap(keysOf)).toEqual(keys);
    expect([first.isTruncated, second.isTruncated, third.isTruncated]).toEqual([true, true, false]);
  });

  it("after a key, and within a prefix", async () => {
    const bucket = await bucketWith([...keys, "a c/00"]);
    const page = await listPage(client, { bucket, prefix: "a b/", startAfter: "a b/199" });
    expect(keysOf(page)).toEqual(keys.slice(20));
  });
});

describe("a request", () => {
  /** A listing that is answered only the second time. */
  async function listedAtLast(silent: { readonly ending: "silence" | "nothing" }, config: Partial<ListedPlace> = {}) {
    await using s3 = await scriptedS3(
      { body: "<ListBucketResult>", ...silent },
      "<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>",
    );
    const other = clientOf(s3.url, { maxAttempts: 1 });
    try {
      const page = await listPage(other, { bucket: "b", budgetMs: () => 300, ...config });
      return { keys: objectsOf(page).map((object) => object.key), requests: s3.requests.length };
    } finally {
      other.destroy();
    }
  }

  it.each(["nothing", "silence"] as const)(
    "that is answered with %s is given up at its limit, and made again",
    async (ending) => {
      expect(await listedAtLast({ ending })).toEqual({ keys: ["a"], requests: 2 });
    },
  );

  it("has five seconds of its own, however much time there is", async () => {
    const delays: number[] = [];
    const timer = (delayMs: number) => {
      delays.push(delayMs);
      return () => {};
    };
    const bucket = await bucketWith(["a"]);
    await listPage(client, { bucket, budgetMs: () => 900_000, host: { timer, random: () => 0 } });
    expect(delays).toEqual([5_000]);
  });

  it("is made once where whoever asks decides about the next", async () => {
    await expect(listedAtLast({ ending: "nothing" }, { attempts: 1 })).rejects.toMatchObject({
      code: "CALL_TIMEOUT",
      message: expect.stringMatching(/^S3 ListObjectsV2 was not answered within \d+ ms/),
    });
  });

  it("for a token that is not known is S3's error", async () => {
    const bucket = await bucketWith(["a"]);
    await expect(listPage(client, { bucket, token: "ZXhwaXJlZA==" })).rejects.toMatchObject({
      name: "InvalidArgument",
    });
  });
});

describe("what is the SDK's stays the SDK's", () => {
  it("errors", async () => {
    await expect(listPage(client, { bucket: "no-such-bucket" })).rejects.toMatchObject({
      name: "NoSuchBucket",
      $metadata: { httpStatusCode: 404 },
    });
  });

  it("an aborted request", async () => {
    const bucket = await bucketWith(["a"]);
    slow.beforeListMs = 60_000;
    try {
      const controller = new AbortController();
      const listing = listPage(client, { bucket, signal: controller.signal });
      controller.abort();
      await expect(listing).rejects.toMatchObject({ name: "AbortError" });
    } finally {
      slow.beforeListMs = 0;
    }
  });

  it("an aborted answer", async () => {
    await using s3 = await scriptedS3({ body: '<?xml version="1.0"?><ListBucketResult>', ending: "silence" });
    const controller = new AbortController();
    s3.onSilence = () => controller.abort();
    const other = clientOf(s3.url);
    await expect(listPage(other, { bucket: "b", signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
    other.destroy();
  });
});

describe("an answer that is not a whole listing is asked for again", () => {
  const whole =
    "<ListBucketResult><Contents><Key>a</Key></Contents><IsTruncated>false</IsTruncated></ListBucketResult>";

  it.each([
    ["an error document behind a 200", "<Error><Code>InternalError</Code><Message>m</Message></Error>"],
    ["a listing that was cut off", whole.slice(0, -30)],
    ["nothing at all", ""],
    ["a page of a proxy", "<html><body>busy</body></html>"],
  ])("%s", async (_, broken) => {
    const page = await answered(broken, whole);
    expect(objectsOf(page).map((object) => object.key)).toEqual(["a"]);
  });

  it("and in the end an error that names the bucket, however many tries there may be", async () => {
    await using s3 = await scriptedS3("");
    const other = clientOf(s3.url, { maxAttempts: 1 });
    const host = { timer: pausesOnly, random: () => 0 };
    const list = listerOf(other, { bucket: "b", budgetMs: () => 1e9, host });
    await expect(list()).rejects.toMatchObject({ code: "LISTING", message: expect.stringContaining("s3://b:") });
    expect(s3.requests).toHaveLength(8);
    other.destroy();
  });
});

describe("other stores are understood too", () => {
  it("but a key that is not UTF-8 is refused by name, since no text could be it", async () => {
    const page = await answered(
      "<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>a%ED%A0%80</Key></Contents></ListBucketResult>",
    );
    expect(() => page.key(0)).toThrow(expect.objectContaining({ code: "LISTING_KEY" }));
  });

  it("that do not encode keys, order elements otherwise, and speak of the page last", async () => {
    const page = await answered(
      "<ListBucketResult>\n <Contents><Size>7</Size><StorageClass>COLD</StorageClass><Owner><ID>1</ID></Owner><Key>a+%41 &amp;&#x1;é😀</Key></Contents>\n <Contents>\n <Key>b</Key></Contents><Name>b</Name><IsTruncated>true</IsTruncated><NextContinuationToken>x&amp;y</NextContinuationToken></ListBucketResult>\n",
    );
    expect(objectsOf(page)).toEqual([
      { key: "a+%41 &\u0001é😀", size: 7, storageClass: "COLD", lastModified: "", etag: "" },
      { key: "b", size: 0, storageClass: "STANDARD", lastModified: "", etag: "" },
    ]);
    expect([page.isTruncated, page.nextToken]).toEqual([true, "x&y"]);
  });

  it("that put more than 1,000 objects on a page", async () => {
    const contents = Array.from({ length: 2_500 }, (_, i) => `<Contents><Key>${i}</Key><Size>${i}</Size></Contents>`);
    const page = await answered(`<ListBucketResult>${contents.join("")}</ListBucketResult>`);
    expect(objectsOf(page).map((object) => object.size)).toEqual(Array.from({ length: 2_500 }, (_, i) => i));
  });
});

describe("a page's memory", () => {
  it("serves one page after the other, and what a page answered stays", async () => {
    const bucket = await bucketWith(["a b", "c", "+"]);
    const pool = new PagePool();
    const first = await listPage(client, { bucket, pool, maxKeys: 1 });
    const key = first.key(0);
    first.release?.();
    const memory = pool.take();
    pool.giveBack(memory);
    const second = await listPage(client, { bucket, pool });
    expect([key, second.key(1), second.length]).toEqual(["+", "a b", 3]);
    expect(pool.take()).not.toBe(memory);
    second.release?.();
    second.release?.();
    expect(pool.take()).toBe(memory);
    expect(pool.take()).not.toBe(memory);
  });

  it("is not kept once a page of long keys made it large", async () => {
    const keys = Array.from({ length: 1_000 }, (_, i) => "写".repeat(340) + String(i).padStart(4, "0"));
    const pool = new PagePool();
    const page = await listPage(client, { bucket: await bucketWith(keys), pool });
    expect(page.key(999)).toBe(keys[999]);
    page.release?.();
    expect(pool.take().body.length).toBeLessThan(1_000_000);
  });

  it("is not read once it was given back", async () => {
    const page = await listPage(client, { bucket: await bucketWith(["a"]), pool: new PagePool() });
    page.release?.();
    expect(() => page.key(0)).toThrow("released");
    expect(() => page.size(0)).toThrow("released");
  });
});

describe("a client that caches its middleware", () => {
  const caching = () => clientOf(aws.url, { cacheMiddleware: true });

  it("learns once how listings are read", async () => {
    const bucket = await bucketWith(["a b", "+", "\u0001"]);
    const other = caching();
    for (let i = 0; i < 2; i++) {
      const page = await listPage(other, { bucket, pool: new PagePool() });
      expect(objectsOf(page)).toEqual(objectsOf(await listPage(client, { bucket })));
      // Only a page that was read past the SDK's parser has memory to give back.
      expect(page.release).toBeDefined();
    }
    other.destroy();
  });

  it("is answered through the SDK's parser if it has listed before", async () => {
    const bucket = await bucketWith(["a b", "+", "\u0001"]);
    const other = caching();
    await other.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(objectsOf(await listPage(other, { bucket }))).toEqual(objectsOf(await listPage(client, { bucket })));
    other.destroy();
  });

  it("lists by itself as before", async () => {
    const bucket = await bucketWith(["a b"]);
    const other = caching();
    await listPage(other, { bucket });
    const { Contents = [] } = await other.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents.map(({ Key }) => Key)).toEqual(["a b"]);
    other.destroy();
  });
});
