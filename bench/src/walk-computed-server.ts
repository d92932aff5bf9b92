/**
 * A bucket of any size that is only there to be listed, in a process of its own: the content of a page is computed when it is
 * asked for. Told over IPC what to list.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ComputedShape, computedKey } from "./computed-keys.ts";
import { contentsOf, indexBehind, LISTING_END, listingHead, PAGE_KEYS, send } from "./listing-document.ts";
import type { ServerReady } from "./walk-server.ts";

/** The bench's request to the server. */
export interface ComputedRequest {
  readonly shape: ComputedShape;
  readonly keys: number;
  readonly latencyMs: number;
}

process.once("message", ({ shape, keys, latencyMs }: ComputedRequest) => {
  const keyAt = (index: number) => computedKey(shape, index, keys);
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const token = searchParams.get("continuation-token");
    const from = token === null ? indexBehind(keyAt, keys, searchParams.get("start-after") ?? "") : Number(token);
    const to = Math.min(from + PAGE_KEYS, keys);
    let page = listingHead(searchParams, from, to, keys);
    for (let i = from; i < to; i++) page += contentsOf(keyAt(i), i % 1_000_003);
    const document = Buffer.from(page + LISTING_END, "latin1");
    setTimeout(() => send(response, [document]), latencyMs);
  });
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ url: `http://127.0.0.1:${port}` } satisfies ServerReady);
  });
});
process.once("disconnect", () => process.exit(0));
