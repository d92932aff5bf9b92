/**
 * A bucket that is only there to be listed, in a process of its own: its objects stand as XML in one buffer, in order, so
 * that a page is a slice of it and an answer costs next to nothing beside its latency. Told over IPC what to fill it with.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { contentsOf, indexBehind, LISTING_END, listingHead, PAGE_KEYS, send } from "./listing-document.ts";
import { answersOf, type Trouble } from "./trouble.ts";
import { type KeyShape, keysOf, type SampleObject } from "./walk-keys.ts";

/** The bench's request to the server. */
export interface ServerRequest {
  readonly shape: KeyShape;
  readonly keys: number;
  readonly latencyMs: number;
  readonly trouble?: Trouble | undefined;
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

function render(objects: readonly SampleObject[], textOf: (key: string) => string): Rendered {
  const starts = new Uint32Array(objects.length + 1);
  const chunks = objects.map(({ key, size }, index) => {
    const chunk = Buffer.from(contentsOf(textOf(key), size), "latin1");
    starts[index + 1] = (starts[index] as number) + chunk.length;
    return chunk;
  });
  return { xml: Buffer.concat(chunks), starts };
}

/** A page's document, in three pieces. */
function pageOf(objects: readonly SampleObject[], { xml, starts }: Rendered, query: URLSearchParams): Buffer[] {
  const token = query.get("continuation-token");
  const keyAt = (index: number) => (objects[index] as SampleObject).key;
  const from = token === null ? indexBehind(keyAt, objects.length, query.get("start-after") ?? "") : Number(token);
  const to = Math.min(from + PAGE_KEYS, objects.length);
  const head = listingHead(query, from, to, objects.length);
  return [Buffer.from(head), xml.subarray(starts[from], starts[to]), Buffer.from(LISTING_END)];
}

process.once("message", ({ shape, keys, latencyMs, trouble }: ServerRequest) => {
  const objects = [...keysOf(shape, keys)].sort((a, b) => (a.key < b.key ? -1 : 1));
  const plain = render(objects, (key) => key);
  const encoded = render(objects, (key) => encodeURIComponent(key).replaceAll("%2F", "/"));
  const answers = answersOf(latencyMs, trouble);
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const rendered = searchParams.has("encoding-type") ? encoded : plain;
    answers(response, () => send(response, pageOf(objects, rendered, searchParams)));
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ url: `http://127.0.0.1:${port}` } satisfies ServerReady);
  });
});
process.once("disconnect", () => process.exit(0));
