import { CallTimeoutError } from "@longhaul/core/errors";
import { describe, expect, it } from "vitest";
import { reset, s3Error, slowDown } from "../../test/s3-errors.ts";
import { SimulatedBucket, type SimulatedBucketOptions, type SimulatedFailure } from "../../test/simulated-bucket.ts";
import { ListingError } from "./listing-error.ts";
import { type ListAfter, Walk, type WalkOptions } from "./walk.ts";

const KEYS = Array.from({ length: 20_000 }, (_, i) =>
  ((i * 2_654_435_761) % 4_294_967_296).toString(16).padStart(8, "0"),
);
const PAGE_KEYS = 100;
const MOST = 64;

/** Fails so many of a hundred requests, spread evenly. */
const percent =
  (share: number, error: () => Error): SimulatedFailure =>
  ({ number }) =>
    (number * 37) % 100 < share ? error() : undefined;

async function walked(options: SimulatedBucketOptions, more: Partial<WalkOptions> = {}) {
  const bucket = new SimulatedBucket(KEYS, { pageKeys: PAGE_KEYS, ...options });
  const seen: string[] = [];
  const walk = new Walk({
    list: bucket.list,
    ranges: [{ after: "", through: null }],
    concurrency: MOST,
    pageKeys: PAGE_KEYS,
    account({ page, count }) {
      for (let i = 0; i < count; i++) seen.push(page.key(i));
    },
    host: bucket.host,
    ...more,
  });
  const over = (async () => {
    while (await walk.advance());
  })();
  await bucket.until(over);
  return { bucket, seen, counts: walk.counts };
}

const calm = await walked({});

describe("listings that fail for now make a walk slower, and it stays exact", () => {
  it.each<[string, SimulatedFailure]>([
    ["15 % are answered SlowDown", percent(15, slowDown)],
    ["20 % are answered SlowDown", percent(20, slowDown)],
    ["30 % are answered SlowDown", percent(30, slowDown)],
    ["10 % are reset", percent(10, reset)],
    ["30 % are an error of the service", percent(30, () => s3Error("InternalError", 500))],
    ["5 % are not answered in time", percent(5, () => new CallTimeoutError("S3 ListObjectsV2", 5_000))],
    ["5 % are no listing", percent(5, () => new ListingError("b", 0))],
    ["the first 64 are answered SlowDown", ({ number }) => (number < MOST ? slowDown() : undefined)],
  ])("%s", async (_, fails) => {
    const { bucket, seen, counts } = await walked({ fails });
    expect(seen.sort()).toEqual(bucket.keys);
    expect(counts.failed).toBeGreaterThan(5);
    expect(counts.requests).toBe(bucket.requests);
    expect(bucket.nowMs).toBeGreaterThan(calm.bucket.nowMs);
    // What failed is asked for again, and nothing else: no range is divided further for it.
    expect(counts.requests - counts.failed).toBeLessThan(1.5 * calm.counts.requests);
  });

  it("a hundred of them early on: its ranges are divided as before", async () => {
    const fails: SimulatedFailure = ({ number }) => (number >= 10 && number < 110 ? reset() : undefined);
    const { counts } = await walked({ fails });
    expect(counts.failed).toBe(100);
    expect(counts.found).toBeGreaterThan(calm.counts.found / 2);
  });

  it("all of them for a minute: few are asked for until that is over, and as many at once as before soon after", async () => {
    let during = 0;
    let most = 0;
    const { bucket, seen } = await walked({
      fails({ nowMs, atOnce }) {
        if (nowMs > 60_000) most = Math.max(most, atOnce);
        else if (nowMs > 200) {
          during++;
          return slowDown();
        }
        return undefined;
      },
    });
    expect(seen.sort()).toEqual(bucket.keys);
    expect(during).toBeLessThan(150);
    expect(most).toBeGreaterThan(8);
    expect(bucket.nowMs).toBeLessThan(75_000);
  });

  it("whatever is more than the store serves at once: in the end few are refused", async () => {
    const SERVED = 10;
    const refused: number[] = [];
    const { bucket, seen, counts } = await walked({
      fails({ atOnce, number }) {
        if (atOnce <= SERVED) return undefined;
        refused.push(number);
        return slowDown();
      },
    });
    expect(seen.sort()).toEqual(bucket.keys);
    const second = refused.filter((number) => number > counts.requests / 2).length;
    expect(second / (counts.requests / 2)).toBeLessThan(0.3);
  });
});

describe("a listing that fails for good ends the walk", () => {
  it.each([
    ["AccessDenied", s3Error("AccessDenied", 403)],
    ["NoSuchBucket", s3Error("NoSuchBucket", 404)],
    ["what is wrong wherever a listing begins", s3Error("InvalidBucketName", 400)],
    ["what is no error of S3", new TypeError("x is not a function")],
  ])("%s", async (_, error) => {
    await expect(walked({ fails: () => error })).rejects.toBe(error);
  });

  it("so do answers that are never listings", async () => {
    await expect(walked({ fails: () => new ListingError("b", 0) })).rejects.toMatchObject({ code: "LISTING" });
  });
});

describe("a StartAfter that S3 refuses though it looks safe", () => {
  it("gives its range back: the walk is exact, and asks nowhere twice in vain", async () => {
    const bucket = new SimulatedBucket(KEYS, { pageKeys: PAGE_KEYS });
    const asked: string[] = [];
    // Refuses all that is no key of the bucket, so whatever is made up.
    const known = new Set(["", ...bucket.keys]);
    const list: ListAfter = async (place) => {
      const page = await bucket.list(place);
      if (place.token !== undefined || known.has(place.startAfter)) return page;
      asked.push(place.startAfter);
      throw s3Error("InvalidArgument", 400);
    };
    const seen: string[] = [];
    const walk = new Walk({
      list,
      ranges: [{ after: "", through: null }],
      concurrency: 8,
      pageKeys: PAGE_KEYS,
      account: ({ page, count }) => void seen.push(...Array.from({ length: count }, (_, i) => page.key(i))),
      host: bucket.host,
    });
    await bucket.until(
      (async () => {
        while (await walk.advance());
      })(),
    );
    expect(seen.sort()).toEqual(bucket.keys);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(KEYS.length / PAGE_KEYS / 2);
  });
});

describe("a walk that is over", () => {
  it("accounts for no page that was asked for before, nor waits out its pauses", async () => {
    const bucket = new SimulatedBucket(KEYS, { pageKeys: PAGE_KEYS, fails: percent(50, slowDown) });
    let accounted = 0;
    const walk = new Walk({
      list: bucket.list,
      ranges: [{ after: "", through: null }],
      pageKeys: PAGE_KEYS,
      account: () => void accounted++,
      host: bucket.host,
    });
    await bucket.until(walk.advance());
    const before = accounted;
    walk.stop();
    await bucket.until(new Promise((resolve) => bucket.host.timer(60_000, () => resolve(undefined))));
    expect(accounted).toBe(before);
  });
});
