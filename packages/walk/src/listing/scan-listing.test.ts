import { describe, expect, it } from "vitest";
import { PageMemory } from "./page-memory.ts";
import { scanListing } from "./scan-listing.ts";

const scanned = (xml: string) => {
  const memory = new PageMemory();
  memory.append(Buffer.from(xml));
  return scanListing(memory);
};

describe("a listing", () => {
  it("is read with more objects than S3 puts on a page", () => {
    const objects = Array.from({ length: 2_500 }, (_, i) => `<Contents><Key>k${i}</Key><Size>${i}</Size></Contents>`);
    const page = scanned(`<ListBucketResult>${objects.join("")}<IsTruncated>false</IsTruncated></ListBucketResult>`);
    expect(page?.length).toBe(2_500);
    const read = Array.from({ length: 2_500 }, (_, i) => [page?.key(i), page?.size(i)]);
    expect(read).toEqual(objects.map((_, i) => [`k${i}`, i]));
  });

  it("is read without elements that it may lack", () => {
    const page = scanned("<ListBucketResult><Contents><Key>a</Key></Contents></ListBucketResult>");
    expect([page?.length, page?.isTruncated, page?.nextToken]).toEqual([1, false, undefined]);
    expect([page?.key(0), page?.size(0), page?.etag(0), page?.storageClass(0)]).toEqual(["a", 0, "", "STANDARD"]);
  });

  it("has no objects but its own, whatever else says that it has some", () => {
    const page = scanned(
      "<ListBucketResult><Prefix>&lt;Contents&gt;</Prefix><CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes></ListBucketResult>",
    );
    expect(page?.length).toBe(0);
  });

  it.each([
    "",
    "<Error><Code>SlowDown</Code></Error>",
    "<ListBucketResult><Contents><Key>a</Key>",
    "<html><body>Sign in</body></html>",
  ])("is not what is none, or was cut off: %j", (body) => expect(scanned(body)).toBeUndefined());
});
