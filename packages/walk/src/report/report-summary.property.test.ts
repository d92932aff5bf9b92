import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageFilter } from "../filter/page-filter.ts";
import { compareKeys } from "../listing/key-order.ts";
import { type ListedObject, pageOf } from "../listing/listed-page.ts";
import { countPage, emptySummary, mergeSummaries, type ReportSummary } from "./report-summary.ts";
import { reportOf } from "./walk-report.ts";

const everything = pageFilter({}, 0);
const segment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("a", "b", "c", "Z", "é", "😀", "") },
  { weight: 1, arbitrary: fc.string({ maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom("__proto__", "constructor", "x".repeat(150)) },
);
const object: fc.Arbitrary<ListedObject> = fc.record({
  key: fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `in/${segments.join("/")}`),
  size: fc.oneof(fc.nat(40), fc.nat(), fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 5 * 2 ** 40)),
  lastModified: fc.constantFrom("2024-02-29T00:00:00.000Z", "2025-01-01T00:00:00.000Z", "2026-11-21T08:00:00.000Z"),
  etag: fc.constant(""),
  storageClass: fc.constantFrom("STANDARD", "GLACIER", "__proto__"),
});
const objects = fc.uniqueArray(object, { selector: ({ key }) => key, maxLength: 60 });
const shapes = fc.record({ maxPrefixes: fc.integer({ min: 1, max: 8 }), base: fc.constant("in/") });
const depths = fc.nat(4);

function counted(objects: readonly ListedObject[], depth: number, shape: { base: string; maxPrefixes: number }) {
  const summary = emptySummary(depth);
  const page = pageOf(objects.toSorted((a, b) => compareKeys(a.key, b.key)));
  countPage(summary, page, everything({ page, count: page.length }), shape);
  return summary;
}

const asReport = (summary: ReportSummary, depth: number) =>
  reportOf(summary, { id: "w", bucket: "b", prefix: "" }, depth);
const afterTransport = (summary: ReportSummary): ReportSummary => JSON.parse(JSON.stringify(summary));

describe("a report depends on the objects only", () => {
  it("not on how they were divided into pages and ranges, on the order of merging, or on states in between", () => {
    fc.assert(
      fc.property(
        objects,
        depths,
        shapes,
        fc.infiniteStream(fc.nat(5)),
        fc.infiniteStream(fc.nat(100)),
        (all, depth, shape, parts, picks) => {
          const divided = new Map<number, ListedObject[]>();
          for (const each of all) {
            const part = parts.next().value as number;
            divided.set(part, [...(divided.get(part) ?? []), each]);
          }
          const summaries = [...divided.values(), []].map((part) => counted(part, depth, shape));
          while (summaries.length > 1) {
            const [into] = summaries.splice((picks.next().value as number) % summaries.length, 1).map(afterTransport);
            const at = (picks.next().value as number) % summaries.length;
            const other = summaries[at] as ReportSummary;
            const before = JSON.stringify(other);
            mergeSummaries(into as ReportSummary, other, shape);
            expect(JSON.stringify(other)).toBe(before);
            summaries[at] = into as ReportSummary;
          }
          const merged = asReport(summaries[0] as ReportSummary, depth);
          expect(merged).toEqual(asReport(counted(all, depth, shape), depth));
          expect(merged.prefixes.length).toBeLessThanOrEqual(shape.maxPrefixes);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("and is what a plain count makes of them", () => {
    fc.assert(
      fc.property(objects, depths, (all, depth) => {
        const summary = emptySummary(depth);
        // Pages of seven: stretches of a prefix go over their ends.
        const sorted = all.toSorted((a, b) => compareKeys(a.key, b.key));
        for (let at = 0; at < sorted.length; at += 7) {
          const page = pageOf(sorted.slice(at, at + 7));
          countPage(summary, page, everything({ page, count: page.length }), { base: "in/", maxPrefixes: 1_000 });
        }
        const report = asReport(summary, depth);
        const sum = (some: readonly ListedObject[]) => some.reduce((bytes, { size }) => bytes + size, 0);
        const where = (isIn: (object: ListedObject) => boolean) => {
          const some = all.filter(isIn);
          return { objects: some.length, bytes: sum(some) };
        };
        expect(report).toMatchObject(where(() => true));
        for (const { fromBytes, belowBytes, ...share } of report.sizes) {
          expect(share).toEqual(where(({ size }) => size >= fromBytes && size < belowBytes));
        }
        for (const { name, ...share } of report.storageClasses) {
          expect(share).toEqual(where(({ storageClass }) => storageClass === name));
        }
        for (const { prefix, ...share } of report.prefixes)
          expect(share).toEqual(where(({ key }) => prefixOf(key, depth) === prefix));
        expect(report.prefixes.reduce((count, share) => count + share.objects, 0)).toBe(all.length);
        const bySize = all.toSorted((a, b) => b.size - a.size || compareKeys(a.key, b.key));
        expect(report.largest).toEqual(bySize.slice(0, 10).map(({ key, size }) => ({ key, size })));
        const byAge = sorted.toSorted((a, b) =>
          a.lastModified < b.lastModified ? -1 : Number(a.lastModified > b.lastModified),
        );
        expect(report.oldest?.key).toBe(byAge[0]?.key);
        expect(report.newest?.key).toBe(
          byAge.find(({ lastModified }) => lastModified === byAge.at(-1)?.lastModified)?.key,
        );
      }),
      { numRuns: 400 },
    );
  });
});

/** By splitting at slashes, as one would do it without a thought for speed. */
function prefixOf(key: string, depth: number): string {
  const directories = key.slice(3).split("/").slice(0, -1);
  let prefix = "";
  for (const directory of directories.slice(0, depth)) {
    if (`${prefix}${directory}`.length >= 200) break;
    prefix += `${directory}/`;
  }
  return `in/${prefix}`;
}
