import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bucketPage } from "../bucket-page.ts";
import { type ListedObject, pageOf } from "../listing/listed-page.ts";
import { ReportCounter } from "./report-counter.ts";

const object: fc.Arbitrary<ListedObject> = fc.record({
  key: fc
    .array(fc.constantFrom("a", "b", "é", "longer"), { minLength: 1, maxLength: 4 })
    .map((names) => names.join("/")),
  size: fc.oneof(fc.nat(5), fc.nat(2 ** 40)),
  lastModified: fc.integer({ min: 0, max: 9 }).map((day) => `2026-01-0${day}T00:00:00.000Z`),
  etag: fc.constant(""),
  storageClass: fc.constantFrom("STANDARD", "GLACIER"),
});
const objects = fc.uniqueArray(object, { selector: ({ key }) => key, maxLength: 60 });
const walk = { id: "w", bucket: "b", prefix: "" };

/** The totals of groups of objects, counted one by one. */
function totals(all: readonly ListedObject[], nameOf: (object: ListedObject) => string) {
  return Object.fromEntries(
    [...Map.groupBy(all, nameOf)].map(([name, some]) => [
      name,
      { objects: some.length, bytes: some.reduce((sum, { size }) => sum + size, 0) },
    ]),
  );
}

describe("a counter's report", () => {
  it("has the totals that counting one by one has, whatever the pages and their order", () => {
    fc.assert(
      fc.property(objects, fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 3 }), (all, perPage, depth) => {
        const sorted = all.toSorted((a, b) => (a.key < b.key ? -1 : 1));
        const pages = Array.from({ length: Math.ceil(all.length / perPage) }, (_, at) =>
          sorted.slice(at * perPage, (at + 1) * perPage),
        );
        let counter = new ReportCounter({ depth });
        for (const page of pages.toReversed()) {
          counter.count(bucketPage({ page: pageOf(page), count: page.length }));
          // As if it had been saved and read again.
          counter = new ReportCounter({ depth, summary: JSON.parse(JSON.stringify(counter.summary)) });
        }
        const report = counter.report(walk);
        const prefixOf = ({ key }: ListedObject) =>
          key
            .split("/")
            .slice(0, -1)
            .slice(0, depth)
            .map((name) => `${name}/`)
            .join("");
        expect([report.objects, counter.objects]).toEqual([all.length, all.length]);
        expect(report.bytes).toBe(all.reduce((sum, { size }) => sum + size, 0));
        expect(Object.fromEntries(report.prefixes.map(({ prefix, ...total }) => [prefix, total]))).toEqual(
          totals(all, prefixOf),
        );
        expect(Object.fromEntries(report.storageClasses.map(({ name, ...total }) => [name, total]))).toEqual(
          totals(all, ({ storageClass }) => storageClass),
        );
        expect(report.largest.map(({ size }) => size)).toEqual(
          all
            .map(({ size }) => size)
            .sort((a, b) => b - a)
            .slice(0, 10),
        );
        expect(report.oldest?.lastModified).toBe(all.map(({ lastModified }) => lastModified).sort()[0]);
      }),
    );
  });
});
