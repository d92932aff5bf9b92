import { describe, expect, it } from "vitest";
import { Walk } from "../src/listing/walk.ts";
import { KEY_SHAPES } from "./key-shapes.ts";
import { SimulatedBucket } from "./simulated-bucket.ts";

const WHOLE = [{ after: "", through: null }];
const pageKeys = 100;
const latencyMs = 50;

/** Walks so many keys of a shape, with 64 requests at once. */
async function walked(keyAt: (i: number, count: number) => string, count: number) {
  const keys = Array.from({ length: count }, (_, i) => keyAt(i, count));
  const bucket = new SimulatedBucket(keys, { latencyMs, perPageMs: 1, pageKeys });
  let listed = 0;
  const walk = new Walk({
    list: bucket.list,
    ranges: WHOLE,
    concurrency: 64,
    pageKeys,
    account: (slice) => (listed += slice.count),
  });
  await bucket.until(
    (async () => {
      while (await walk.advance());
    })(),
  );
  expect(listed).toBe(bucket.keys.length);
  const pages = Math.ceil(listed / pageKeys);
  return { requestsPerPage: walk.counts.requests / pages, speedUp: (pages * latencyMs) / bucket.nowMs };
}

describe("a walk with 64 requests at once, 50 ms each", () => {
  it.each(Object.entries(KEY_SHAPES))(
    "is fast, and makes few needless requests, of 500 pages: %s",
    async (name, keyAt) => {
      const { requestsPerPage, speedUp } = await walked(keyAt, 50_000);
      expect(requestsPerPage).toBeLessThan(1.35);
      // A script of thousands of characters is learned step by step.
      expect(speedUp).toBeGreaterThan(name.startsWith("Chinese") ? 10 : 15);
    },
  );

  it("knows how large a folder of few pages is, once it has seen the ends of some", async () => {
    const { requestsPerPage, speedUp } = await walked(KEY_SHAPES["logs in order of time"], 100_000);
    expect(requestsPerPage).toBeLessThan(1.2);
    expect(speedUp).toBeGreaterThan(25);
  });
});
