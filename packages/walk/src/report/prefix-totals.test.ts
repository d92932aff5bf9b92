import { describe, expect, it } from "vitest";
import { addToPrefix, fitPrefixes, mergePrefixes, type PrefixTotals, prefixEnd } from "./prefix-totals.ts";

function totalsOf(depth: number, prefixes: readonly string[]): PrefixTotals {
  const totals: PrefixTotals = { depth, totals: {}, other: [0, 0] };
  for (const prefix of prefixes) addToPrefix(totals, prefix, 1, 10);
  return totals;
}

describe("the prefix of a key", () => {
  it.each([
    ["a/b/c.txt", 0, ""],
    ["a/b/c.txt", 1, "a/"],
    ["a/b/c.txt", 2, "a/b/"],
    ["a/b/c.txt", 3, "a/b/"],
    ["c.txt", 2, ""],
    ["a//c", 2, "a//"],
    ["/x", 1, "/"],
    [`${"y".repeat(250)}/z`, 1, ""],
  ])("of %j to depth %i is %j", (key, depth, prefix) => {
    const end = prefixEnd(key, 0, depth);
    expect(key.slice(0, end < 0 ? ~end : end)).toBe(prefix);
  });
});

describe("prefixes that are too many", () => {
  it("are counted less deep, the rest of the tree too", () => {
    const totals = totalsOf(2, ["users/1/", "users/2/", "users/3/", "logs/x/", ""]);
    fitPrefixes(totals, { base: "", maxPrefixes: 4 });
    expect(totals).toEqual({ depth: 1, totals: { "users/": [3, 30], "logs/": [1, 10], "": [1, 10] }, other: [0, 0] });
  });

  it("at depth 1 leave those that sort first, and the rest together", () => {
    const totals = totalsOf(2, ["d/", "b/", "c/", "a/x/", "a/y/"]);
    fitPrefixes(totals, { base: "", maxPrefixes: 2 });
    expect(totals).toEqual({ depth: 1, totals: { "a/": [2, 20], "b/": [1, 10] }, other: [2, 20] });
  });

  it("merge at the depth of the less deep, and what was put together stays so", () => {
    const into = totalsOf(3, ["a/b/c/", "z/y/x/"]);
    const from = totalsOf(1, ["a/", "b/"]);
    from.other = [5, 50];
    mergePrefixes(into, from, { base: "", maxPrefixes: 2 });
    expect(into).toEqual({ depth: 1, totals: { "a/": [2, 20], "b/": [1, 10] }, other: [6, 60] });
  });
});
