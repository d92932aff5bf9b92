import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { durationMs, rangedRequests, rangesAt, type WalkTrace } from "../../src/walk-trace/walk-trace.ts";
import { shopKeys } from "./shop-bucket.ts";

const trace: WalkTrace = JSON.parse(readFileSync(new URL("recorded.trace.json", import.meta.url), "utf8"));
const keys = shopKeys();

describe("the recorded walk", () => {
  it("is one of the shop's bucket", () => {
    expect(trace.keys).toBe(keys.length);
    for (const { from, to, firstKey, lastKey, startAfter, isTruncated } of trace.requests) {
      if (to > from) expect([firstKey, lastKey]).toEqual([keys[from], keys[to - 1]]);
      if (from > 0) expect(keys[from - 1]! <= startAfter).toBe(true);
      if (to > from) expect(keys[from]! > startAfter).toBe(true);
      expect(isTruncated).toBe(to < keys.length);
    }
  });

  it("listed every key, with no more requests at once than it was allowed", () => {
    const listed = new Uint8Array(keys.length);
    for (const { from, to } of trace.requests) listed.fill(1, from, to);
    expect(listed.indexOf(0)).toBe(-1);
    for (const { sentMs } of trace.requests) {
      const underWay = trace.requests.filter((other) => other.sentMs <= sentMs && sentMs < other.answeredMs);
      expect(underWay.length).toBeLessThanOrEqual(trace.concurrency);
    }
  });

  it("ends with ranges that are listed to their ends", () => {
    const ranges = rangesAt(trace, rangedRequests(trace), durationMs(trace));
    expect(ranges.length).toBeGreaterThan(10);
    for (const { listedTo, end } of ranges) expect(listedTo).toBe(end);
  });
});
