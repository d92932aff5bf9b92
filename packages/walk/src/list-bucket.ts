import type { S3Client } from "@aws-sdk/client-s3";
import { ConfigError } from "@longhaul/core";
import { type Host, systemHost } from "@longhaul/core/parts";
import { type BucketPage, bucketPage } from "./bucket-page.ts";
import { keyBehindPrefix } from "./listing/key-order.ts";
import type { KeyRange } from "./listing/key-range.ts";
import { listerOf, MAX_PAGE_KEYS } from "./listing/lister.ts";
import { cursorText, rangesOfCursor } from "./listing/listing-cursor.ts";
import type { PageSlice } from "./listing/open-range.ts";
import { PagePool } from "./listing/page-memory.ts";
import { patientLister } from "./listing/patient-lister.ts";
import { Walk } from "./listing/walk.ts";
import { Semaphore } from "./semaphore.ts";
import { checkWholeNumber } from "./whole-number.ts";

/** Options of {@link listBucket}. */
export interface ListBucketOptions {
  readonly bucket: string;
  /** Only keys that begin with it are listed. Default: all. */
  readonly prefix?: string | undefined;
  /** List requests at once, at most. So many pages at most wait to be taken. Default 64. */
  readonly concurrency?: number | undefined;
  /** Objects of a page, 1 to 1,000. Default 1,000. */
  readonly pageKeys?: number | undefined;
  /** The cursor of an earlier listing of the same bucket and prefix: what that one handed out is left out. */
  readonly cursor?: string | undefined;
  /** The listing fails when no request succeeded for so long, in milliseconds. Default 60,000. */
  readonly giveUpAfterMs?: number | undefined;
  /** Ends the listing: the next page is rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each page that is handed out. */
  readonly onProgress?: ((progress: ListingProgress) => void) | undefined;
  /** The machine; for tests. */
  readonly host?: Pick<Host, "now" | "timer" | "random"> | undefined;
}

/** How far a listing is. */
export interface ListingProgress {
  /** Objects that were handed out. */
  readonly keys: number;
  /** List requests so far, those that failed included. */
  readonly requests: number;
  /** Requests that were not answered with a page. They are made again. */
  readonly failedRequests: number;
  /** Estimate of the objects that are left, by the keys listed so far. */
  readonly remainingKeys: number;
}

/** The pages of a bucket, in no order, each key once. */
export interface BucketListing extends AsyncIterableIterator<BucketPage, undefined, undefined>, AsyncDisposable {
  /**
   * The rest of the listing, as a text for the option `cursor` of another: all but the pages that were handed out. Finish the
   * page in hand before you save it. `undefined` once all was handed out.
   */
  readonly cursor: string | undefined;
  /** How far the listing is, at this moment. */
  readonly progress: ListingProgress;
}

/**
 * Lists every object of a bucket, with many requests at once. The key space is divided as it is discovered, so no hints are
 * needed. Requests are made only as fast as pages are taken. Stop it by leaving the loop, or by the signal.
 *
 * @throws ConfigError for an option that cannot be used; ListingCursorError for a cursor of something else. Taking a page
 * rejects with what `ListObjectsV2` throws where another try is of no use, and with a {@link ListingSilentError} when no
 * request succeeded for `giveUpAfterMs`.
 *
 * @example
 * ```ts
 * let bytes = 0;
 * for await (const page of listBucket(new S3Client({}), { bucket: "photos" })) {
 *   for (const { size } of page) bytes += size;
 * }
 * ```
 */
export function listBucket(client: S3Client, options: ListBucketOptions): BucketListing {
  return new RunningListing(client, options);
}

type Page = IteratorResult<BucketPage, undefined>;

class RunningListing implements BucketListing {
  readonly #walk: Walk;
  readonly #place: { readonly bucket: string; readonly prefix: string };
  readonly #onProgress: ListBucketOptions["onProgress"];
  /** As many places as pages are asked for. */
  readonly #asked = new Semaphore(0);
  readonly #waiting: PromiseWithResolvers<Page>[] = [];
  #state: "new" | "running" | "over" = "new";
  #failure: { readonly error: unknown } | undefined;
  #inHand: PageSlice | undefined;
  #keys = 0;

  constructor(client: S3Client, options: ListBucketOptions) {
    const { bucket, prefix = "", concurrency = 64, pageKeys = MAX_PAGE_KEYS, giveUpAfterMs = 60_000 } = options;
    const { cursor, signal, onProgress, host = systemHost } = options;
    if (bucket === "") throw new ConfigError("listBucket() needs the name of a bucket.");
    checkWholeNumber("listBucket()", "concurrency", concurrency);
    checkWholeNumber("listBucket()", "pageKeys", pageKeys, MAX_PAGE_KEYS);
    checkWholeNumber("listBucket()", "giveUpAfterMs", giveUpAfterMs);
    this.#place = { bucket, prefix };
    this.#onProgress = onProgress;
    const all: readonly KeyRange[] = [{ after: "", through: keyBehindPrefix(prefix) ?? null }];
    // The walk makes a request again that failed, when it has fewer under way.
    const list = listerOf(client, { bucket, prefix, maxKeys: pageKeys, pool: new PagePool(), host, attempts: 1 });
    this.#walk = new Walk({
      list: patientLister(list, { bucket, giveUpAfterMs, now: host.now }),
      ranges: cursor === undefined ? all : rangesOfCursor(cursor, this.#place),
      work: () => this.#asked.acquire(),
      account: (slice) => this.#handOut(slice),
      keepsPages: true,
      ...{ concurrency, pageKeys, signal, host },
    });
  }

  get cursor(): string | undefined {
    const ranges = this.#walk.ranges();
    return ranges.length === 0 ? undefined : cursorText({ ...this.#place, ranges });
  }

  get progress(): ListingProgress {
    const { requests, failed: failedRequests } = this.#walk.counts;
    return { keys: this.#keys, requests, failedRequests, remainingKeys: this.#walk.remainingKeys };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Page> {
    this.#letGo();
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = undefined;
      return Promise.reject(error);
    }
    if (this.#state === "over") return Promise.resolve({ done: true, value: undefined });
    const waiting = Promise.withResolvers<Page>();
    this.#waiting.push(waiting);
    this.#asked.release();
    if (this.#state === "new") void this.#run();
    return waiting.promise;
  }

  async return(): Promise<Page> {
    this.#walk.stop();
    this.#letGo();
    this.#end();
    return { done: true, value: undefined };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #run(): Promise<void> {
    this.#state = "running";
    try {
      while (await this.#walk.advance());
    } catch (error) {
      if (this.#state === "running") this.#fail(error);
    } finally {
      this.#end();
      this.#walk.stop();
    }
  }

  /** Called in the moment in which the keys leave the open ranges: each page goes to a caller that waits for one. */
  #handOut(slice: PageSlice): void {
    const waiting = slice.count > 0 ? this.#waiting.shift() : undefined;
    if (waiting === undefined) {
      slice.page.release?.();
      return;
    }
    this.#letGo();
    this.#inHand = slice;
    this.#keys += slice.count;
    waiting.resolve({ done: false, value: bucketPage(slice) });
    this.#onProgress?.(this.progress);
  }

  #fail(error: unknown): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting.reject(error);
    else this.#failure = { error };
  }

  #end(): void {
    this.#state = "over";
    for (const { resolve } of this.#waiting.splice(0)) resolve({ done: true, value: undefined });
  }

  #letGo(): void {
    this.#inHand?.page.release?.();
    this.#inHand = undefined;
  }
}
