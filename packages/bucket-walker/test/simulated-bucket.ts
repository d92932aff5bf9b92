import { compareKeys } from "../src/walk/key-order.ts";
import type { ListedPage } from "../src/walk/listed-page.ts";
import type { ListAfter } from "../src/walk/walk.ts";

/** How a {@link SimulatedBucket} behaves. */
export interface SimulatedBucketOptions {
  /** Time from a request to its answer, in ms. */
  readonly latencyMs?: number;
  /** Processor time the walker takes for a page, one page after the other, in ms. */
  readonly perPageMs?: number;
  /** Keys of a full page. Default 1,000. */
  readonly pageKeys?: number;
}

/** A bucket in memory, and a clock that jumps from one answer to the next. */
export class SimulatedBucket {
  requests = 0;
  nowMs = 0;
  readonly keys: readonly string[];
  readonly #options: Required<SimulatedBucketOptions>;
  readonly #due: { readonly atMs: number; readonly answer: () => void }[] = [];

  constructor(keys: Iterable<string>, options: SimulatedBucketOptions = {}) {
    this.keys = [...new Set(keys)].sort(compareKeys);
    this.#options = { latencyMs: 50, perPageMs: 0, pageKeys: 1_000, ...options };
  }

  readonly list: ListAfter = ({ startAfter }) => {
    const { promise, resolve } = Promise.withResolvers<ListedPage>();
    const answer = () => resolve(this.pageAfter(startAfter));
    this.requests++;
    this.#due.push({ atMs: this.nowMs + this.#options.latencyMs, answer });
    return promise;
  };

  /** Lists without the clock: a request is answered as soon as something else may run. */
  readonly listAtOnce: ListAfter = async ({ startAfter }) => {
    this.requests++;
    await new Promise(setImmediate);
    return this.pageAfter(startAfter);
  };

  /** The page that a request is answered with. */
  pageAfter(startAfter: string): ListedPage {
    const { keys } = this;
    let from = 0;
    for (let high = keys.length; from < high; ) {
      const middle = (from + high) >> 1;
      if (compareKeys(keys[middle] as string, startAfter) <= 0) from = middle + 1;
      else high = middle;
    }
    const length = Math.min(this.#options.pageKeys, keys.length - from);
    return {
      length,
      isTruncated: from + length < keys.length,
      nextToken: undefined,
      key: (index) => keys[from + index] as string,
      size: () => 1,
      lastModified: () => "2026-11-21T08:00:00.000Z",
      etag: () => "",
      storageClass: () => "STANDARD",
    };
  }

  /** Lets time pass, answer by answer, until something is over. */
  async until<T>(over: Promise<T>): Promise<T> {
    let isOver = false;
    const settled = over.finally(() => {
      isOver = true;
    });
    settled.catch(() => {});
    for (;;) {
      await new Promise(setImmediate);
      const next = this.#due.shift();
      if (isOver) return settled;
      if (next === undefined) continue;
      // The walker is busy with one page at a time.
      this.nowMs = Math.max(this.nowMs + this.#options.perPageMs, next.atMs);
      next.answer();
    }
  }
}
