import type { PageSlice } from "../listing/open-range.ts";
import type { ObjectFilter } from "./object-filter.ts";

const DAY_MS = 86_400_000;

/** Indexes of the objects of a page that pass, in order. It is used again for the next page. */
export interface PassingObjects {
  readonly index: Int32Array;
  readonly count: number;
}

/** Answers with the objects of a page that pass a filter. */
export type PageFilter = (slice: PageSlice) => PassingObjects;

/**
 * Makes a filter of pages. The cheapest check comes first, and the key, which has to be decoded, last. Ages are told from
 * `nowMs`, which should be when the walk began: then every hop lets the same objects pass.
 */
export function pageFilter(filter: ObjectFilter, nowMs: number): PageFilter {
  const { minBytes = 0, maxBytes = Number.POSITIVE_INFINITY, prefix = "", suffix = "" } = filter;
  // S3 writes times so that they sort as text.
  const newest = filter.minAgeDays === undefined ? undefined : isoDaysBefore(nowMs, filter.minAgeDays);
  const oldest = filter.maxAgeDays === undefined ? undefined : isoDaysBefore(nowMs, filter.maxAgeDays);
  const looksAtSize = filter.minBytes !== undefined || filter.maxBytes !== undefined;
  const looksAtKey = prefix !== "" || suffix !== "";
  const passesAll = !looksAtSize && !looksAtKey && newest === undefined && oldest === undefined;

  let index = new Int32Array(0);
  let everyIndex = new Int32Array(0);
  return ({ page, count }) => {
    if (everyIndex.length < count) {
      everyIndex = Int32Array.from({ length: count }, (_, i) => i);
      index = new Int32Array(count);
    }
    if (passesAll) return { index: everyIndex, count };
    let passing = 0;
    for (let i = 0; i < count; i++) {
      if (looksAtSize) {
        const size = page.size(i);
        if (size < minBytes || size > maxBytes) continue;
      }
      if (newest !== undefined && page.lastModified(i) > newest) continue;
      if (oldest !== undefined && page.lastModified(i) < oldest) continue;
      if (looksAtKey) {
        const key = page.key(i);
        if (!key.startsWith(prefix) || !key.endsWith(suffix)) continue;
      }
      index[passing++] = i;
    }
    return { index, count: passing };
  };
}

function isoDaysBefore(nowMs: number, days: number): string {
  return new Date(nowMs - days * DAY_MS).toISOString();
}
