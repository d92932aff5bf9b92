import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CacheLoaderError } from "./errors.ts";
import { type LoadObject, ObjectCache, type ObjectId } from "./object-cache.ts";

const ID = { bucket: "b", key: "k" };

/** A bucket in memory that answers as S3 does to `IfNoneMatch`, and counts. */
class Bucket {
  readonly objects = new Map<string, { etag: string; value: string; bytes: number }>();
  requests = 0;
  loads = 0;

  put(key: string, etag: string, bytes = 10): void {
    this.objects.set(key, { etag, value: `${key}@${etag}`, bytes });
  }

  loader(key: string): LoadObject<string> {
    return async (heldEtag) => {
      this.requests++;
      const object = this.objects.get(key);
      if (object === undefined) throw new Error("NoSuchKey");
      if (heldEtag === object.etag) return "not-modified";
      this.loads++;
      return object;
    };
  }
}

describe("ObjectCache", () => {
  it("loads when cold, uses the copy while it is right, notices a replaced object", async () => {
    const bucket = new Bucket();
    const cache = new ObjectCache<string>();
    const get = () => cache.get(ID, bucket.loader("k"));
    bucket.put("k", "1");
    expect(await get()).toEqual({ value: "k@1", etag: "1", outcome: "loaded" });
    expect(await get()).toEqual({ value: "k@1", etag: "1", outcome: "fresh" });
    bucket.put("k", "2");
    expect(await get()).toEqual({ value: "k@2", etag: "2", outcome: "changed" });
    expect([bucket.requests, bucket.loads]).toEqual([3, 2]);
    cache.delete(ID);
    expect((await get()).outcome).toBe("loaded");
  });

  it("keeps objects apart by bucket and key", async () => {
    const bucket = new Bucket();
    const cache = new ObjectCache<string>();
    const ids: ObjectId[] = [
      { bucket: "a", key: "b/c" },
      { bucket: "a", key: "b" },
      { bucket: "b", key: "c" },
      { bucket: "b", key: "b/c" },
    ];
    for (const [i, id] of ids.entries()) {
      bucket.put(`object-${i}`, "1");
      await cache.get(id, bucket.loader(`object-${i}`));
    }
    for (const [i, id] of ids.entries()) {
      expect(await cache.get(id, bucket.loader(`object-${i}`))).toMatchObject({
        value: `object-${i}@1`,
        outcome: "fresh",
      });
    }
  });

  it("lets two runs that load the same object at once share one request", async () => {
    const bucket = new Bucket();
    bucket.put("k", "1");
    const cache = new ObjectCache<string>();
    const answers = await Promise.all([cache.get(ID, bucket.loader("k")), cache.get(ID, bucket.loader("k"))]);
    expect(answers.map(({ value }) => value)).toEqual(["k@1", "k@1"]);
    expect(bucket.requests).toBe(1);
  });

  it("answers, but does not keep, what is larger than the budget", async () => {
    const bucket = new Bucket();
    bucket.put("k", "1", 101);
    const cache = new ObjectCache<string>({ maxBytes: 100 });
    expect((await cache.get(ID, bucket.loader("k"))).outcome).toBe("loaded");
    expect((await cache.get(ID, bucket.loader("k"))).outcome).toBe("loaded");
    expect(cache.usedBytes).toBe(0);
  });

  it("passes a loader's failure on, and keeps what it held", async () => {
    const bucket = new Bucket();
    bucket.put("k", "1");
    const cache = new ObjectCache<string>();
    await cache.get(ID, bucket.loader("k"));
    await expect(cache.get(ID, () => Promise.reject(new Error("throttled")))).rejects.toThrow("throttled");
    expect((await cache.get(ID, bucket.loader("k"))).outcome).toBe("fresh");
  });

  it("refuses a loader that says not-modified where nothing was held", async () => {
    const cache = new ObjectCache<string>();
    await expect(cache.get(ID, async () => "not-modified")).rejects.toThrow(CacheLoaderError);
  });

  it("always answers with the object as it is, within its budget, whatever is put and read in which order", async () => {
    const key = fc.constantFrom("a", "b", "c", "d");
    const step = fc.record({
      key,
      put: fc.option(fc.record({ etag: fc.nat(3), bytes: fc.integer({ min: 1, max: 60 }) })),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const bucket = new Bucket();
        const cache = new ObjectCache<string>({ maxBytes: 100 });
        for (const { key, put } of steps) {
          if (put !== null) bucket.put(key, String(put.etag), put.bytes);
          const object = bucket.objects.get(key);
          if (object === undefined) continue;
          const [one, two] = await Promise.all([1, 2].map(() => cache.get({ bucket: "b", key }, bucket.loader(key))));
          expect(one).toMatchObject({ value: object.value, etag: object.etag });
          expect(two).toEqual(one);
          expect(cache.usedBytes).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});
