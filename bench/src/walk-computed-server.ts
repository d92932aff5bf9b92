/**
 * A bucket of any size that is only there to be listed, in a process of its own: the content of a page is computed when it is
 * asked for. Takes what is put, as the report of a walk, and keeps the last JSON. Told over IPC what to list; asked again, it says what it was given.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type ComputedShape, computedKey } from "./computed-keys.ts";
import { contentsOf, indexBehind, LISTING_END, listingHead, PAGE_KEYS, send } from "./listing-document.ts";
import { answersOf, type Trouble } from "./trouble.ts";
import type { ServerReady } from "./walk-server.ts";

/** The bench's request to the server. */
export interface ComputedRequest {
  readonly shape: ComputedShape;
  readonly keys: number;
  readonly latencyMs: number;
  readonly trouble?: Trouble | undefined;
}

/** The requests and reports that reached the server since it began. */
export interface Served {
  readonly listings: number;
  /** The last JSON that was put. */
  readonly report: unknown;
}

let listings = 0;
let report: unknown;

async function take(request: IncomingMessage): Promise<void> {
  const body = await text(request);
  if (request.url?.includes(".json")) report = JSON.parse(body);
}

function serve({ shape, keys, latencyMs, trouble }: ComputedRequest): void {
  const keyAt = (index: number) => computedKey(shape, index, keys);
  const answers = answersOf(latencyMs, trouble);
  const server = createServer((request, response) => {
    if (request.method === "PUT") {
      void take(request).then(() => response.writeHead(200, { etag: '"0"' }).end());
      return;
    }
    listings++;
    answers(response, () => {
      const { searchParams } = new URL(request.url ?? "/", "http://localhost");
      const token = searchParams.get("continuation-token");
      const from = token === null ? indexBehind(keyAt, keys, searchParams.get("start-after") ?? "") : Number(token);
      const to = Math.min(from + PAGE_KEYS, keys);
      let page = listingHead(searchParams, from, to, keys);
      for (let i = from; i < to; i++) page += contentsOf(keyAt(i), i % 1_000_003);
      send(response, [Buffer.from(page + LISTING_END, "latin1")]);
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ url: `http://127.0.0.1:${port}` } satisfies ServerReady);
  });
}

process.once("message", (request: ComputedRequest) => {
  serve(request);
  process.on("message", () => process.send?.({ listings, report } satisfies Served));
});
process.once("disconnect", () => process.exit(0));
