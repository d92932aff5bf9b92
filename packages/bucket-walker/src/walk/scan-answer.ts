import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import type { ListedPage } from "./listed-page.ts";
import { ListingError } from "./listing-error.ts";
import { PageMemory, type PagePool } from "./page-memory.ts";
import { scanListing } from "./scan-listing.ts";

/** A page that was asked for, until it is there. */
export interface AskedPage {
  readonly bucket: string;
  readonly pool: PagePool | undefined;
  readonly signal: AbortSignal | undefined;
  /** The page, once it was answered; not set if the SDK was left to parse it. */
  page: ListedPage | undefined;
}

/** By the input of the command that asks for it. */
const askedBy = new WeakMap<object, AskedPage>();
const taught = new WeakSet<S3Client>();

/**
 * Has the answer to one `ListObjectsV2` read past the SDK's parser, which is then given an answer without a body. A
 * client learns this once, for all such commands, so that one with `cacheMiddleware` need not put its middleware together
 * for every request. What was cached before stays as it is: then the SDK parses.
 */
export function scanAnswerTo(client: S3Client, input: object, asked: AskedPage): void {
  askedBy.set(input, asked);
  if (taught.has(client)) return;
  taught.add(client);
  client.middlewareStack.add(
    (next) => async (args) => {
      const answer = await next(args);
      const order = askedBy.get(args.input);
      const response = answer.response as { statusCode: number; body: Readable | Uint8Array };
      if (order === undefined || response.statusCode !== 200) return answer;
      const memory = await bodyOf(response.body, order.pool?.take() ?? new PageMemory(), order.signal);
      const body = memory.body.subarray(0, memory.bodyBytes);
      // S3 may notice an error after it has said 200; the SDK knows such answers.
      if (body.subarray(-16).toString("latin1").trimEnd().endsWith("</Error>")) {
        response.body = body;
        return answer;
      }
      order.page = scanListing(memory, order.pool);
      if (order.page === undefined) throw new ListingError(order.bucket, body.length);
      // The SDK takes no body for a listing of nothing.
      response.body = new Uint8Array();
      return answer;
    },
    { step: "deserialize", name: "scanListing", priority: "low" },
  );
}

function bodyOf(
  body: Readable | Uint8Array,
  memory: PageMemory,
  signal: AbortSignal | undefined,
): PageMemory | Promise<PageMemory> {
  if (body instanceof Uint8Array) {
    memory.append(body);
    return memory;
  }
  return new Promise((resolve, reject) => {
    // The SDK watches the signal only until the answer begins.
    const stop = () => body.destroy(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    body.on("data", (chunk: Buffer) => memory.append(chunk));
    body.on("end", () => resolve(memory));
    body.on("error", reject);
    body.on("close", () => {
      signal?.removeEventListener("abort", stop);
      // After the end, and after an error, this comes too late to matter.
      reject(new Error("The connection was closed in the middle of an answer."));
    });
  });
}
