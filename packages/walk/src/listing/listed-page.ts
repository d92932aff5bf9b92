/** An object as a listing describes it. */
export interface ListedObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** As S3 writes it, `2026-11-21T08:00:00.000Z`: such times sort as text. */
  readonly lastModified: string;
  /** Without quotes. */
  readonly etag: string;
  readonly storageClass: string;
}

/**
 * One page of a listing, in UTF-8 order of its keys. What is not asked for is not parsed, so a page of 1,000 objects of
 * which only the sizes matter costs little more than finding them.
 */
export interface ListedPage {
  /** Objects on it. */
  readonly length: number;
  /** Whether keys follow that are not on it. */
  readonly isTruncated: boolean;
  /** The token of the next page; only if there is one. */
  readonly nextToken: string | undefined;
  /** Key of the object at an index from 0. Holds on to nothing of the page, so it may be kept. */
  key(index: number): string;
  /** Bytes. */
  size(index: number): number;
  lastModified(index: number): string;
  etag(index: number): string;
  storageClass(index: number): string;
  /** All of an object at once, where that takes less time than one after the other. */
  object?(index: number): ListedObject;
  /** Gives back the page's memory for another; nothing may be asked of the page afterwards. What it answered stays. */
  release?(): void;
}

/** The object at an index of a page. */
export function objectAt(page: ListedPage, index: number): ListedObject {
  return (
    page.object?.(index) ?? {
      key: page.key(index),
      size: page.size(index),
      lastModified: page.lastModified(index),
      etag: page.etag(index),
      storageClass: page.storageClass(index),
    }
  );
}

/** The objects of a page from an index on. */
export function pageFrom(page: ListedPage, from: number): ListedPage {
  return {
    length: page.length - from,
    isTruncated: page.isTruncated,
    nextToken: page.nextToken,
    key: (index) => page.key(from + index),
    size: (index) => page.size(from + index),
    lastModified: (index) => page.lastModified(from + index),
    etag: (index) => page.etag(from + index),
    storageClass: (index) => page.storageClass(from + index),
    object: (index) => objectAt(page, from + index),
    release: () => page.release?.(),
  };
}

/** A page of objects that are parsed already. */
export function pageOf(objects: readonly ListedObject[], nextToken?: string, isTruncated?: boolean): ListedPage {
  const at = (index: number): ListedObject => {
    const object = objects[index];
    if (object === undefined) throw new RangeError(`The page has ${objects.length} objects, none at ${index}.`);
    return object;
  };
  return {
    length: objects.length,
    isTruncated: isTruncated ?? nextToken !== undefined,
    nextToken,
    key: (index) => at(index).key,
    size: (index) => at(index).size,
    lastModified: (index) => at(index).lastModified,
    etag: (index) => at(index).etag,
    storageClass: (index) => at(index).storageClass,
  };
}
