/**
 * Walks the shop's bucket of `samples/walk` by `listBucket()`, over HTTP, from a server that answers each list request
 * after 50 ms, and records each request with its answer for the page "How a walk divides a bucket".
 *
 * usage: node docs/commands/record-walk.ts [--update]
 */
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { listBucket } from "@longhaul/walk";
import {
  contentsOf,
  indexBehind,
  LISTING_END,
  listingHead,
  PAGE_KEYS,
  send,
} from "../../bench/src/listing-document.ts";
import { DOCS } from "../generate/places.ts";
import { shopKeys } from "../samples/walk/shop-bucket.ts";
import { durationMs, type TracedRequest, type WalkTrace } from "../src/walk-trace/walk-trace.ts";

const LATENCY_MS = 50;
const CONCURRENCY = 8;

const keys = shopKeys();
const requests: TracedRequest[] = [];
let beganMs = 0;
const server = createServer((request, response) => {
  const sentMs = Math.round(performance.now() - beganMs);
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const token = searchParams.get("continuation-token");
  const startAfter = searchParams.get("start-after") ?? (token === null ? "" : (keys[Number(token) - 1] ?? ""));
  const from = token === null ? indexBehind((at) => keys[at] ?? "", keys.length, startAfter) : Number(token);
  const to = Math.min(from + PAGE_KEYS, keys.length);
  const page = keys.slice(from, to);
  setTimeout(() => {
    const answeredMs = Math.round(performance.now() - beganMs);
    const ends = page.length === 0 ? {} : { firstKey: page[0]!, lastKey: page.at(-1)! };
    requests.push({ sentMs, answeredMs, startAfter, from, to, ...ends, isTruncated: to < keys.length });
    const objects = page.map((key) => contentsOf(encodeURIComponent(key).replaceAll("%2F", "/"), 1_000)).join("");
    send(response, [
      Buffer.from(listingHead(searchParams, from, to, keys.length)),
      Buffer.from(objects),
      Buffer.from(LISTING_END),
    ]);
  }, LATENCY_MS);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const client = new S3Client({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  forcePathStyle: true,
  region: "us-east-1",
  credentials: { accessKeyId: "none", secretAccessKey: "none" },
});
let counted = 0;
beganMs = performance.now();
for await (const page of listBucket(client, { bucket: "shop", concurrency: CONCURRENCY })) counted += page.length;
client.destroy();
server.close();
server.closeAllConnections();

requests.sort((a, b) => a.sentMs - b.sentMs);
const folders = [...new Set(keys.map((key) => key.split("/")[0] ?? ""))].map((name) => ({
  name: `${name}/`,
  from: keys.findIndex((key) => key.startsWith(`${name}/`)),
}));
const trace: WalkTrace = { keys: keys.length, concurrency: CONCURRENCY, latencyMs: LATENCY_MS, folders, requests };
console.log(`${counted.toLocaleString("en-US")} of ${keys.length.toLocaleString("en-US")} keys, each once`);
console.log(`${requests.length} requests; one after the other at least ${Math.ceil(keys.length / PAGE_KEYS)}`);
console.log(`${durationMs(trace)} ms`);
if (counted !== keys.length) process.exitCode = 1;
if (process.argv.includes("--update")) {
  await writeFile(join(DOCS, "samples", "walk", "recorded.trace.json"), `${JSON.stringify(trace)}\n`);
}
