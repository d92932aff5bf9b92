import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalBuckets, startLocalBuckets } from "../test/local-bucket.ts";
import { type BucketListing, listBucket } from "./list-bucket.ts";
import type { ListedObject } from "./listing/listed-page.ts";

const KEYS = Array.from({ length: 2_000 }, (_, i) => `d${i % 7}/写真 ${i}`).sort();
let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets("photos", "empty");
  s3.aws.s3.loadKeys(
    "photos",
    KEYS.map((key, i) => ({ key, size: i, etag: "0".repeat(32) })),
  );
});
afterAll(() => s3.stop());

const photos = (more: object = {}) =>
  listBucket(s3.client, { bucket: "photos", pageKeys: 50, concurrency: 8, ...more });

/** The keys of so many pages. */
async function keysOf(listing: BucketListing, pages = Number.POSITIVE_INFINITY): Promise<string[]> {
  const keys: string[] = [];
  for (let taken = 0; taken < pages; taken++) {
    const { done, value } = await listing.next();
    if (done) break;
    for (const { key } of value) keys.push(key);
  }
  return keys;
}

describe("a listing", () => {
  it("has each key once, in order within a page", async () => {
    const keys: string[] = [];
    for await (const page of photos()) {
      const ofPage = [...page].map(({ key }) => key);
      expect(ofPage).toEqual(Array.from({ length: page.length }, (_, index) => page.key(index)));
      expect(ofPage).toEqual(ofPage.toSorted());
      keys.push(...ofPage);
    }
    expect(keys.sort()).toEqual(KEYS);
  });

  it("of a prefix has the keys that begin with it", async () => {
    expect((await keysOf(photos({ prefix: "d3/" }))).sort()).toEqual(KEYS.filter((key) => key.startsWith("d3/")));
  });

  it("of an empty bucket has no page, and nothing is left", async () => {
    const listing = listBucket(s3.client, { bucket: "empty" });
    expect(await keysOf(listing)).toEqual([]);
    expect(listing.cursor).toBeUndefined();
  });

  it("gives objects that may be kept; the page itself may be read until the next is asked for", async () => {
    const listing = photos();
    const { value: first } = await listing.next();
    const kept: ListedObject[] = [...(first ?? [])];
    await listing.next();
    expect(kept[0]).toMatchObject({ key: KEYS[0], size: 0, storageClass: "STANDARD" });
    expect(() => first?.key(0)).toThrow(/released/);
    await listing.return?.();
  });

  it("can be read to its last page after it is over", async () => {
    const listing = photos({ prefix: "d3/写真 3", concurrency: 1, pageKeys: 1_000 });
    const { value: page } = await listing.next();
    // Long enough for the listing to notice that nothing is left.
    await s3.put("empty", "k");
    expect(listing.cursor).toBeUndefined();
    expect([...(page ?? [])].map(({ key }) => key)).toEqual(KEYS.filter((key) => key.startsWith("d3/写真 3")));
  });

  it("tells how far it is, with each page", async () => {
    const told: number[] = [];
    const onProgress = ({ keys, requests }: { keys: number; requests: number }) => told.push(keys, requests);
    await keysOf(photos({ concurrency: 1, onProgress }));
    expect(told.slice(0, 2)).toEqual([50, expect.any(Number)]);
    expect(told.at(-2)).toBe(KEYS.length);
    expect(told.at(-1)).toBeGreaterThanOrEqual(KEYS.length / 50);
  });
});

describe("a reader that takes no more pages", () => {
  it("has no more requests made than may be under way", async () => {
    const before = s3.operations.length;
    const listing = photos({ concurrency: 4 });
    await listing.next();
    // Each of these takes as long as a listing.
    for (let i = 0; i < 40; i++) await s3.put("empty", "k");
    expect(s3.operations.slice(before).filter((operation) => operation === "ListObjectsV2").length).toBeLessThan(9);
    await listing.return?.();
  });

  it("ends the listing by leaving the loop", async () => {
    const listing = photos();
    for await (const page of listing) {
      expect(page.length).toBeGreaterThan(0);
      break;
    }
    expect(await listing.next()).toEqual({ done: true, value: undefined });
  });

  it("ends one that waits for a page", async () => {
    const listing = photos();
    const waiting = listing.next();
    await listing.return?.();
    expect(await waiting).toEqual({ done: true, value: undefined });
  });

  it("ends it by a signal, with the signal's reason", async () => {
    const controller = new AbortController();
    const listing = photos({ signal: controller.signal });
    await listing.next();
    const reason = new Error("enough");
    controller.abort(reason);
    await expect(listing.next()).rejects.toBe(reason);
    expect(await listing.next()).toEqual({ done: true, value: undefined });
  });
});

describe("a cursor", () => {
  it("leads on from wherever a listing was left: each key is handed out once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(25), { maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        async (stops, concurrency) => {
          const keys: string[] = [];
          let cursor: string | undefined;
          for (const pages of [...stops, Number.POSITIVE_INFINITY]) {
            const controller = new AbortController();
            const listing = photos({ concurrency, cursor, signal: controller.signal });
            keys.push(...(await keysOf(listing, pages)));
            controller.abort();
            await listing.next().catch(() => {});
            cursor = listing.cursor;
            if (cursor === undefined) break;
          }
          expect(keys.sort()).toEqual(KEYS);
        },
      ),
      { numRuns: 12 },
    );
  });

  it.each([
    ["of another bucket", '{"v":1,"bucket":"b","prefix":"","ranges":[]}', "is of s3://b/, not of s3://photos/"],
    ["that is none", "7", "is not one that a listing gave"],
    ["that is damaged", '{"v":1,"bucket":"photos"', "is not one that a listing gave"],
    ["of ranges that are none", '{"v":1,"bucket":"photos","prefix":"","ranges":[{}]}', "is not one"],
  ])("%s is refused", (_, cursor, message) => {
    expect(() => photos({ cursor })).toThrow(
      expect.objectContaining({ code: "LISTING_CURSOR", message: expect.stringContaining(message) }),
    );
  });
});

describe("what cannot be listed", () => {
  it("is the error of S3", async () => {
    await expect(listBucket(s3.client, { bucket: "no-such-bucket" }).next()).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  it.each([{ bucket: "" }, { concurrency: 0 }, { pageKeys: 1_001 }, { giveUpAfterMs: 0.5 }])(
    "is refused: %j",
    (options) => {
      expect(() => photos(options)).toThrow(expect.objectContaining({ code: "CONFIG" }));
    },
  );
});
