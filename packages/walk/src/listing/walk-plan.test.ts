import { describe, expect, it } from "vitest";
import { compareKeys } from "./key-order.ts";
import type { KeyRange } from "./key-range.ts";
import { pageOf } from "./listed-page.ts";
import type { Listing } from "./open-range.ts";
import { WalkPlan } from "./walk-plan.ts";

const limits = { maxListings: 8, pageKeys: 10 };
const objectOf = (key: string) => ({ key, size: 0, lastModified: "", etag: "", storageClass: "" });
const inOrder = (ranges: readonly KeyRange[]) => ranges.toSorted((a, b) => compareKeys(a.after, b.after));

describe("ranges that are given away", () => {
  // A third of what its characters take in UTF-8.
  const long = "写".repeat(167);
  const bounds = Array.from({ length: 100 }, (_, i) => `${String(i).padStart(3, "0")}${long}`);
  const ranges = [...bounds, null].map((through, i) => ({ after: bounds[i - 1] ?? "", through }));

  it("are half of those that were not begun", () => {
    const plan = new WalkPlan(ranges, limits);
    const given = plan.giveAway();
    expect(given).toHaveLength(50);
    expect(inOrder([...given, ...plan.ranges()])).toEqual(ranges);
  });

  it.each([1, 1_100, 10_000, 30_000])("fit into %i bytes, and what does not stays", (maxBytes) => {
    const plan = new WalkPlan(ranges, limits);
    const given = plan.giveAway(maxBytes);
    expect(Buffer.byteLength(JSON.stringify(given))).toBeLessThanOrEqual(Math.max(2, maxBytes));
    expect(given.length).toBeGreaterThanOrEqual(Math.floor(maxBytes / 1_100));
    expect(inOrder([...given, ...plan.ranges()])).toEqual(ranges);
  });

  it("are the farther part of one that was begun, if that fits", () => {
    const plan = new WalkPlan([{ after: "", through: "z" }], { ...limits, maxListings: 1 });
    const listing = plan.take() as Listing;
    const objects = Array.from({ length: 10 }, (_, i) => objectOf(`a00${i}0`));
    plan.arrived(listing, pageOf(objects, undefined, true));
    plan.commit(listing);
    expect(plan.giveAway(5)).toEqual([]);
    expect(plan.ranges()).toEqual([{ after: "a0090", through: "z" }]);
    const [given] = plan.giveAway(1_000);
    expect(given?.through).toBe("z");
    expect(plan.ranges()).toEqual([{ after: "a0090", through: given?.after }]);
  });
});

describe("a page that ends a range", () => {
  it("with the very key to which the range goes, is its last", () => {
    const plan = new WalkPlan([{ after: "", through: "b" }], limits);
    const page = pageOf(["a", "b"].map(objectOf), undefined, true);
    const listing = plan.take() as Listing;
    expect(plan.arrived(listing, page).count).toBe(2);
    plan.commit(listing);
    expect(plan.isDone).toBe(true);
  });
});

describe("a page whose last key cannot be a StartAfter", () => {
  it("is followed by that of its token, in the next hop too", () => {
    const plan = new WalkPlan([{ after: "", through: null }], { ...limits, maxListings: 1 });
    const listing = plan.take() as Listing;
    plan.arrived(listing, pageOf([objectOf("a\u0001")], "t"));
    expect(plan.ranges()).toEqual([{ after: "", through: null }]);
    plan.commit(listing);
    expect(plan.ranges()).toEqual([{ after: "a\u0001", through: null, token: "t" }]);
    const next = new WalkPlan(plan.ranges(), limits).take();
    expect([next?.token, next?.startAfter]).toEqual(["t", "a"]);
  });

  it("is followed by what begins before it, if its token is refused: what is done with is left out", () => {
    const plan = new WalkPlan([{ after: "a\u0001b", through: null, token: "t" }], limits);
    expect(plan.refused(plan.take() as Listing)).toBe(true);
    const listing = plan.take() as Listing;
    expect([listing.token, listing.startAfter]).toEqual([undefined, "a"]);
    const { page, count } = plan.arrived(listing, pageOf(["a\u0001a", "a\u0001b", "a\u0001c"].map(objectOf)));
    expect(Array.from({ length: count }, (_, i) => page.key(i))).toEqual(["a\u0001c"]);
  });

  it("is refused for good where a listing cannot even begin at the first key", () => {
    const plan = new WalkPlan([{ after: "", through: null }], limits);
    expect(plan.refused(plan.take() as Listing)).toBe(false);
  });
});

describe("a page that has nothing but the token of the next", () => {
  it("is followed by that one, and that by what is behind its last key", () => {
    const plan = new WalkPlan([{ after: "", through: null }], { ...limits, maxListings: 1 });
    const asked: (string | undefined)[][] = [];
    for (const page of [pageOf([], "t"), pageOf([objectOf("a")], "u"), pageOf([objectOf("b")])]) {
      const listing = plan.take() as Listing;
      asked.push([listing.token, listing.after]);
      plan.arrived(listing, page);
      plan.commit(listing);
    }
    expect(asked).toEqual([
      [undefined, ""],
      ["t", ""],
      [undefined, "a"],
    ]);
    expect(plan.isDone).toBe(true);
  });

  it("is refused if it has none, or the one that it was asked by: it would come for ever", () => {
    const plan = new WalkPlan([{ after: "", through: null }], { ...limits, maxListings: 1 });
    const take = () => plan.take() as Listing;
    expect(() => plan.arrived(take(), pageOf([], undefined, true))).toThrow(
      expect.objectContaining({ code: "LISTING_ENDLESS", message: expect.stringContaining("no key, and no token") }),
    );
    const other = new WalkPlan([{ after: "", through: null }], { ...limits, maxListings: 1 });
    const listing = other.take() as Listing;
    other.arrived(listing, pageOf([], "t"));
    other.commit(listing);
    expect(() => other.arrived(other.take() as Listing, pageOf([], "t"))).toThrow(
      expect.objectContaining({ code: "LISTING_ENDLESS" }),
    );
  });
});

describe("keys that are not in UTF-8 order", () => {
  it.each([
    ["in the middle", ["a", "b", "z", "c"], { after: "", through: null }],
    ["in the middle, smaller", ["m", "n", "a", "z"], { after: "", through: null }],
    ["at the end", ["b", "c", "a"], { after: "", through: null }],
    ["before where it was asked", ["a", "b"], { after: "a", through: null }],
    ["before where it was asked, behind the range's end", ["B", "z"], { after: "a", through: "b" }],
    ["as another alphabet has them, behind a range's end", ["a", "é", "z"], { after: "", through: "y" }],
  ])("%s are refused, on the last page too", (_, keys, range) => {
    for (const isTruncated of [true, false]) {
      const plan = new WalkPlan([range], limits);
      const page = pageOf(keys.map(objectOf), undefined, isTruncated);
      expect(() => plan.arrived(plan.take() as Listing, page)).toThrow(
        expect.objectContaining({ code: "LISTING_ORDER" }),
      );
    }
  });
});
