import { describe, expect, it } from "vitest";
import { Walk } from "../src/listing/walk.ts";
import { KEY_SHAPES } from "./key-shapes.ts";
import { SimulatedBucket } from "./simulated-bucket.ts";

const WHOLE = [{ after: "", through: null }];
const count = 50_000;
const pageKeys = 100;

async function walked(bucket: SimulatedBucket, concurrency: number) {
  let keys = 0;
  const walk = new Walk({
    list: bucket.list,
    ranges: WHOLE,
    concurrency,
    pageKeys,
    account: (slice) => (keys += slice.count),
  });
  await bucket.until(
    (async () => {
      while (await walk.advance());
    })(),
  );
  return { keys, ...walk.counts };
}

describe("a walk with 64 requests at once, 50 ms each, of 500 pages", () => {
  it.each(Object.entries(KEY_SHAPES))("is fast, and makes few requests in vain: %s", async (_, keyAt) => {
    const bucket = new SimulatedBucket(
      Array.from({ length: count }, (_, i) => keyAt(i, count)),
      { latencyMs: 50, perPageMs: 1, pageKeys },
    );
    const { keys, requests } = await walked(bucket, 64);
    expect(keys).toBe(bucket.keys.length);
    const pages = Math.ceil(bucket.keys.length / pageKeys);
    const speedUp = (pages * 50) / bucket.nowMs;
    expect(requests / pages).toBeLessThan(1.35);
    expect(speedUp).toBeGreaterThan(15);
  });
});
