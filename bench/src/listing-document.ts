import type { ServerResponse } from "node:http";

/** Objects of a page. */
export const PAGE_KEYS = 1_000;

/** An object's element, as S3 renders one that was uploaded by one of today's SDKs. Keys are ASCII and need no escape in XML. */
export function contentsOf(key: string, size: number): string {
  const head = `<Contents><Key>${key}</Key><LastModified>2026-11-21T08:00:00.000Z</LastModified>`;
  const sums = `<ETag>&quot;${"0123456789abcdef".repeat(2)}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`;
  return `${head}${sums}<Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

/** Index of the first of so many keys, in order, behind a text. */
export function indexBehind(keyAt: (index: number) => string, count: number, after: string): number {
  let low = 0;
  for (let high = count; low < high; ) {
    const middle = Math.floor((low + high) / 2);
    if (keyAt(middle) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The text before a page's objects, which are those from one index to another of so many. */
export function listingHead(query: URLSearchParams, from: number, to: number, count: number): string {
  const next = to < count ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
  const encoding = query.has("encoding-type") ? "<EncodingType>url</EncodingType>" : "";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys>${encoding}<IsTruncated>${to < count}</IsTruncated><KeyCount>${to - from}</KeyCount>${next}`;
}

/** The text behind them. */
export const LISTING_END = "</ListBucketResult>";

/** Answers with a document in pieces. */
export function send(response: ServerResponse, pieces: readonly Buffer[]): void {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  response.writeHead(200, { "content-type": "application/xml", "content-length": bytes });
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}
