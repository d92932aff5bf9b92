import { compareKeys } from "./key-order.ts";
import { type ListedPage, pageFrom } from "./listed-page.ts";

/**
 * A part of the key space that is still to be listed: the keys behind `after`, up to and with `through`. Neither needs to
 * be a key of the bucket.
 */
export interface KeyRange {
  /** Empty: from the first key. */
  readonly after: string;
  /** `null`: to the last key. */
  readonly through: string | null;
  /** Where the listing continues, if `after` cannot be a `StartAfter`, or the page before had no key of the range. */
  readonly token?: string;
}

/** Whether a value that was read from outside is a range. */
export function isKeyRange(value: unknown): value is KeyRange {
  if (typeof value !== "object" || value === null) return false;
  const { after, through, token }: Partial<Record<keyof KeyRange, unknown>> = value;
  if (token !== undefined && typeof token !== "string") return false;
  return typeof after === "string" && (through === null || typeof through === "string");
}

/** Whether a key lies strictly within a range, so that splitting there leaves two parts that are not empty by themselves. */
export function isInside({ after, through }: KeyRange, key: string): boolean {
  return compareKeys(after, key) < 0 && (through === null || compareKeys(key, through) < 0);
}

/** How many objects of a page, whose keys are in order, are not behind `through`. */
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

/** The objects of a page, whose keys are in order, that are behind a key; the page itself if all are. */
export function behindKey(page: ListedPage, after: string): ListedPage {
  if (page.length === 0 || after === "" || compareKeys(page.key(0), after) > 0) return page;
  return pageFrom(page, countWithin(page, after));
}
