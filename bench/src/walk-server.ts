/**
 * A bucket that is only there to be listed, in a process of its own: its objects stand as XML in one buffer, in order, so
 * that a page is a slice of it and an answer costs next to nothing beside its latency. Told over IPC what to fill it with.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type KeyShape, keysOf, type SampleObject } from "./walk-keys.ts";

/** What the bench asks of the server. */
export interface ServerRequest {
  readonly shape: KeyShape;
  readonly keys: number;
  readonly latencyMs: number;
}

/** Where it listens, once the bucket is filled. */
export interface ServerReady {
  readonly url: string;
}

/** A bucket as it is listed. */
interface Rendered {
  /** The `Contents` elements, one after the other. */
  readonly xml: Buffer;
  /** Where each begins, and where the last ends. */
  readonly starts: Uint32Array;
}

/** As S3 renders an object that was uploaded by one of today's SDKs. All keys are ASCII and need no escape in XML. */
function contentsOf(key: string, size: number): string {
  const head = `<Contents><Key>${key}</Key><LastModified>2026-11-21T08:00:00.000Z</LastModified>`;
  const sums = `<ETag>&quot;${"0123456789abcdef".repeat(2)}&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>`;
  return `${head}${sums}<Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`;
}

function render(objects: readonly SampleObject[], textOf: (key: string) => string): Rendered {
  const starts = new Uint32Array(objects.length + 1);
  const chunks = objects.map(({ key, size }, index) => {
    const chunk = Buffer.from(contentsOf(textOf(key), size), "latin1");
    starts[index + 1] = (starts[index] as number) + chunk.length;
    return chunk;
  });
  return { xml: Buffer.concat(chunks), starts };
}

/** Index of the first object behind a key. */
function behind(objects: readonly SampleObject[], after: string): number {
  let low = 0;
  for (let high = objects.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((objects[middle] as SampleObject).key <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A page's document, in three pieces. */
function pageOf(objects: readonly SampleObject[], { xml, starts }: Rendered, query: URLSearchParams): Buffer[] {
  const token = query.get("continuation-token");
  const from = token === null ? behind(objects, query.get("start-after") ?? "") : Number(token);
  const to = Math.min(from + 1_000, objects.length);
  const next = to < objects.length ? `<NextContinuationToken>${to}</NextContinuationToken>` : "";
  const encoding = query.has("encoding-type") ? "<EncodingType>url</EncodingType>" : "";
  const head = `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys>${encoding}<IsTruncated>${to < objects.length}</IsTruncated><KeyCount>${to - from}</KeyCount>${next}`;
  return [Buffer.from(head), xml.subarray(starts[from], starts[to]), Buffer.from("</ListBucketResult>")];
}

function send(response: ServerResponse, pieces: readonly Buffer[]): void {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  response.writeHead(200, { "content-type": "application/xml", "content-length": bytes });
  response.cork();
  for (const piece of pieces) response.write(piece);
  response.end();
}

process.once("message", ({ shape, keys, latencyMs }: ServerRequest) => {
  const objects = [...keysOf(shape, keys)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const plain = render(objects, (key) => key);
  const encoded = render(objects, (key) => encodeURIComponent(key).replaceAll("%2F", "/"));
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const rendered = searchParams.has("encoding-type") ? encoded : plain;
    setTimeout(() => send(response, pageOf(objects, rendered, searchParams)), latencyMs);
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ url: `http://127.0.0.1:${port}` } satisfies ServerReady);
  });
});
process.once("disconnect", () => process.exit(0));
