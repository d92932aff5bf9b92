import { type ListedObject, objectAt } from "./listing/listed-page.ts";
import type { PageSlice } from "./listing/open-range.ts";

/**
 * Objects that were listed together, in UTF-8 order of their keys. Iterating gives them as objects, which may be kept. The
 * methods read single columns: nothing else is parsed, so counting sizes takes half of the time.
 *
 * A page can be read until the next page is asked for. Its memory is then used again.
 */
export interface BucketPage extends Iterable<ListedObject> {
  /** Objects on the page, 1 or more. */
  readonly length: number;
  /** Key of the object at an index from 0. */
  key(index: number): string;
  /** Bytes. */
  size(index: number): number;
  /** As S3 writes it, `2026-11-21T08:00:00.000Z`. */
  lastModified(index: number): string;
  /** Without quotes. */
  etag(index: number): string;
  storageClass(index: number): string;
}

/** The part of a listed page that is in a listing's range, as a page. */
export function bucketPage({ page, count }: PageSlice): BucketPage {
  const checked = (index: number): number => {
    if (index < count) return index;
    throw new RangeError(`The page has ${count} objects, none at ${index}.`);
  };
  return {
    length: count,
    key: (index) => page.key(checked(index)),
    size: (index) => page.size(checked(index)),
    lastModified: (index) => page.lastModified(checked(index)),
    etag: (index) => page.etag(checked(index)),
    storageClass: (index) => page.storageClass(checked(index)),
    *[Symbol.iterator]() {
      for (let index = 0; index < count; index++) yield objectAt(page, index);
    },
  };
}
