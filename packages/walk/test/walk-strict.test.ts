import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareKeys } from "../src/listing/key-order.ts";
import { listerOf } from "../src/listing/lister.ts";
import { Walk } from "../src/listing/walk.ts";
import { type LocalBuckets, startLocalBuckets } from "./local-bucket.ts";
import { nastyKeys } from "./nasty-keys.ts";

let s3: LocalBuckets;
beforeAll(async () => {
  s3 = await startLocalBuckets();
});
afterAll(() => s3.stop());

let buckets = 0;
async function walked(keys: readonly string[], maxKeys: number, concurrency: number): Promise<string[]> {
  const bucket = `strict-${buckets++}`;
  await s3.aws.s3.createBucket(bucket);
  s3.aws.s3.loadKeys(
    bucket,
    keys.map((key) => ({ key, size: 1 })),
  );
  const seen: string[] = [];
  const walk = new Walk({
    list: listerOf(s3.client, { bucket, maxKeys, attempts: 1 }),
    ranges: [{ after: "", through: null }],
    concurrency,
    pageKeys: maxKeys,
    account: ({ page, count }) => void seen.push(...Array.from({ length: count }, (_, i) => page.key(i))),
  });
  while (await walk.advance());
  // Nothing was asked for that is refused.
  expect(walk.counts.failed).toBe(0);
  return seen.sort(compareKeys);
}

describe("a walk of a store that refuses a StartAfter with control characters or noncharacters", () => {
  it("lists each key once, whatever the keys", async () => {
    await fc.assert(
      fc.asyncProperty(
        nastyKeys,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 8 }),
        async (all, maxKeys, concurrency) => {
          const keys = [...new Set(all)];
          expect(await walked(keys, maxKeys, concurrency)).toEqual(keys.toSorted(compareKeys));
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ["£ ° ©", (i: number) => `${"£°©"[i % 3]}${i}`],
    ["U+FFFD", (i: number) => `\ufffd${i}`],
    ["~", (i: number) => `~${i % 10}~${i}`],
    ["Arabic presentation forms", (i: number) => `${String.fromCodePoint(0xfdc0 + (i % 16))}${i}`],
    ["the last character before the noncharacters of a plane", (i: number) => `\u{1fffd}${i}`],
    ["C1 controls, which are keys", (i: number) => `a${String.fromCodePoint(0x80 + (i % 32))}${i}`],
    ["a prefix that no StartAfter can hold", (i: number) => `\u0001/${i}`],
  ])("with keys of %s", async (_, keyAt) => {
    const keys = Array.from({ length: 2_000 }, (_, i) => keyAt(i));
    expect(await walked(keys, 50, 16)).toEqual(keys.toSorted(compareKeys));
  });
});
