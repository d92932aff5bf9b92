import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { LearnedRequest, type NetworkAnswer, type NetworkRequest } from "./learned-request.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingError } from "./listing-error.ts";
import { PageMemory, type PagePool } from "./page-memory.ts";
import { scanListing } from "./scan-listing.ts";

/** A page that was asked for, until it is there. */
export interface AskedPage {
  readonly bucket: string;
  readonly pool?: PagePool | undefined;
  readonly signal: AbortSignal | undefined;
  /** Told how the SDK asked, when it was answered with a page. */
  readonly learn: (request: LearnedRequest | undefined) => void;
  /** Outcome of an attempt that was made for the SDK: it answers, or throws. */
  attempted?: (() => NetworkAnswer) | undefined;
  /** The page, once it was answered; not set if the SDK was left to parse it. */
  page?: ListedPage;
}

/** By the input of the command that asks for it. */
const askedBy = new WeakMap<object, AskedPage>();
const taught = new WeakSet<S3Client>();

/** Takes the page from an answer. What has none in it is kept for the SDK, as its first attempt. */
export async function tryAnswer(asked: AskedPage, answering: Promise<NetworkAnswer>): Promise<void> {
  try {
    const answer = await answering;
    asked.attempted = () => answer;
    await takePage(asked, answer);
  } catch (error) {
    asked.attempted = () => {
      throw error;
    };
  }
}

/**
 * Has the answer to one `ListObjectsV2` read past the SDK's parser, which is then given an answer without a body. A
 * client learns this once, for all such commands, so that one with `cacheMiddleware` need not put its middleware together
 * for every request. What was cached before stays as it is: then the SDK parses.
 */
export function readAnswerTo(client: S3Client, input: object, asked: AskedPage): void {
  askedBy.set(input, asked);
  if (taught.has(client)) return;
  taught.add(client);
  client.middlewareStack.add(
    (next) => async (args) => {
      const asked = askedBy.get(args.input);
      if (asked === undefined) return next(args);
      const { attempted } = asked;
      if (attempted) {
        asked.attempted = undefined;
        return { response: attempted() } as Awaited<ReturnType<typeof next>>;
      }
      const answered = await next(args);
      await takePage(asked, answered.response as NetworkAnswer);
      if (asked.page) asked.learn(LearnedRequest.from(client, args.request as NetworkRequest));
      return answered;
    },
    { step: "deserialize", name: "scanListing", priority: "low" },
  );
}

/** Reads the page that an answer holds; one that says of itself that it is an error is left to the SDK. */
async function takePage(asked: AskedPage, answer: NetworkAnswer): Promise<void> {
  if (answer.statusCode !== 200) return;
  const { bucket, pool, signal } = asked;
  const memory = await bodyOf(answer.body, pool?.take() ?? new PageMemory(), signal);
  const body = memory.body.subarray(0, memory.bodyBytes);
  // S3 may notice an error after it has said 200; the SDK knows such answers.
  if (body.subarray(-16).toString("latin1").trimEnd().endsWith("</Error>")) {
    answer.body = body;
    return;
  }
  const page = scanListing(memory, pool);
  if (page === undefined) throw new ListingError(bucket, body.length);
  asked.page = page;
  // The SDK takes no body for a listing of nothing.
  answer.body = new Uint8Array();
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
