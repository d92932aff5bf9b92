import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageOf } from "../listing/listed-page.ts";
import type { ObjectFilter } from "./object-filter.ts";
import { pageFilter } from "./page-filter.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 8);
const daysAgo = (days: number) => new Date(NOW_MS - days * 86_400_000).toISOString();
const objects = [
  { key: "a.txt", size: 0, lastModified: daysAgo(0) },
  { key: "logs/b.log", size: 10, lastModified: daysAgo(1) },
  { key: "logs/c.txt", size: 100, lastModified: daysAgo(1.5) },
  { key: "logs/d.log", size: 1_000, lastModified: daysAgo(400) },
].map((object) => ({ ...object, etag: "", storageClass: "STANDARD" }));
const page = pageOf(objects);

const passing = (filter: ObjectFilter, count = objects.length) => {
  const { index, count: passed } = pageFilter(filter, NOW_MS)({ page, count });
  return Array.from(index.subarray(0, passed), (i) => page.key(i)[page.key(i).length - 5]).join("");
};

describe("a filter lets pass", () => {
  it.each<[ObjectFilter, string]>([
    [{}, "abcd"],
    [{ prefix: "logs/" }, "bcd"],
    [{ suffix: ".log" }, "bd"],
    [{ minBytes: 10 }, "bcd"],
    [{ maxBytes: 10 }, "ab"],
    [{ maxBytes: 0 }, "a"],
    [{ minBytes: 100, maxBytes: 100 }, "c"],
    [{ minAgeDays: 1 }, "bcd"],
    [{ maxAgeDays: 1 }, "ab"],
    [{ minAgeDays: 1.2, maxAgeDays: 365 }, "c"],
    [{ suffix: ".log", minAgeDays: 2, minBytes: 1 }, "d"],
    [{ prefix: "z" }, ""],
  ])("%j: %s", (filter, expected) => expect(passing(filter)).toBe(expected));

  it("no object of the page that is not in the slice", () => {
    expect([passing({}, 2), passing({ suffix: ".log" }, 2)]).toEqual(["ab", "b"]);
  });

  it("the same objects of a page of any length, one after the other", () => {
    const passing = pageFilter({ maxBytes: 5 }, 0);
    fc.assert(
      fc.property(fc.array(fc.nat(10), { maxLength: 50 }), (sizes) => {
        const some = pageOf(sizes.map((size) => ({ key: "", size, lastModified: "", etag: "", storageClass: "" })));
        const { index, count } = passing({ page: some, count: sizes.length });
        const expected = sizes.flatMap((size, i) => (size <= 5 ? [i] : []));
        expect([...index.subarray(0, count)]).toEqual(expected);
      }),
    );
  });
});
