import { compareKeys } from "./key-order.ts";
import type { ListedPage } from "./listed-page.ts";

/**
 * A part of the key space that is still to be listed: the keys behind `after`, up to and with `through`. Neither needs to
 * be a key of the bucket. Both ends are such that `StartAfter` of a listing is `after`.
 */
export interface KeyRange {
  /** Empty: from the first key. */
  readonly after: string;
  /** `null`: to the last key. */
  readonly through: string | null;
}

/** Whether a key lies strictly within a range, so that splitting there leaves two parts that are not empty by themselves. */
export function isInside({ after, through }: KeyRange, key: string): boolean {
  return compareKeys(after, key) < 0 && (through === null || compareKeys(key, through) < 0);
}

/** How many objects of a page, which begins behind the range's `after`, lie within the range. */
export function countWithin(page: ListedPage, through: string | null): number {
  if (through === null || page.length === 0 || compareKeys(page.key(page.length - 1), through) <= 0) return page.length;
  let low = 0;
  let high = page.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(page.key(middle), through) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
