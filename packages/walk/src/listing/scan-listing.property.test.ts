import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ListedPage, objectAt } from "./listed-page.ts";
import { PageMemory } from "./page-memory.ts";
import { scanListing } from "./scan-listing.ts";

const text = (maxLength: number) =>
  fc.array(fc.constantFrom(..."abc019/-"), { minLength: 1, maxLength }).map((characters) => characters.join(""));
const object = fc.record({
  key: text(12),
  size: fc.oneof(fc.nat(), fc.constant(undefined)),
  lastModified: fc.constantFrom("2026-11-21T08:00:00.000Z", undefined),
  etag: fc.oneof(fc.constant("0123"), text(6)),
  storageClass: fc.constantFrom("STANDARD", "GLACIER", undefined),
  owner: fc.boolean(),
  order: fc.constantFrom("key first", "key first", "key first", "key last", "size first"),
});

function contentsOf({
  key,
  size,
  etag,
  lastModified,
  storageClass,
  owner,
  order,
}: typeof object extends fc.Arbitrary<infer T> ? T : never) {
  const keyElement = `<Key>${key}</Key>`;
  const sizeElement = size === undefined ? "" : `<Size>${size}</Size>`;
  const rest = [
    `<ETag>&quot;${etag}&quot;</ETag>`,
    lastModified === undefined ? "" : `<LastModified>${lastModified}</LastModified>`,
    owner ? `<Owner><ID>1</ID></Owner>` : "",
    storageClass === undefined ? "" : `<StorageClass>${storageClass}</StorageClass>`,
  ];
  const [tag, ...more] = rest;
  const inOrder = {
    "key first": [keyElement, tag, sizeElement, ...more],
    "key last": [tag, sizeElement, ...more, keyElement],
    "size first": [sizeElement, keyElement, ...rest],
  };
  return `<Contents>${inOrder[order].join("")}</Contents>`;
}

describe("a listing is read", () => {
  it("whatever elements its objects have, and in whatever order, alike or not", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(object, fc.integer({ min: 1, max: 3 })), { maxLength: 8 }), (some) => {
        // Like ones follow each other, as they do in a bucket; their keys differ in length.
        const objects = some.flatMap(([one, times]) =>
          Array.from({ length: times }, (_, i) => ({ ...one, key: one.key + "x".repeat(i) })),
        );
        const memory = new PageMemory();
        memory.append(Buffer.from(`<ListBucketResult>${objects.map(contentsOf).join("")}</ListBucketResult>`));
        const page = scanListing(memory);
        const expected = objects.map(({ key, size = 0, etag, lastModified = "", storageClass = "STANDARD" }) => ({
          ...{ key, size, etag, lastModified, storageClass },
        }));
        // An object at once, and column by column.
        for (const read of [page, page && { ...page, object: undefined }] as (ListedPage | undefined)[]) {
          expect(Array.from({ length: read?.length ?? -1 }, (_, i) => read && objectAt(read, i))).toEqual(expected);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
