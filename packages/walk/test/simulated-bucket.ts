import type { Host } from "@longhaul/core/parts";
import { compareKeys } from "../src/listing/key-order.ts";
import type { ListedPage } from "../src/listing/listed-page.ts";
import type { ListAfter } from "../src/listing/walk.ts";
import { s3Error } from "./s3-errors.ts";

// Written by other means than the code under test. The embedded S3 has the same rule, and its tests say where it is from.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\ufdd0-\ufdef]/;
const PLANE = 0x10000;
const MAX_KEY_BYTES = 1_024;

/** Whether S3 is reported to refuse a `StartAfter`. */
export function isRefused(startAfter: string): boolean {
  const isLastTwoOfPlane = (character: string) => (character.codePointAt(0) as number) % PLANE >= PLANE - 2;
  return (
    CONTROLS.test(startAfter) ||
    Array.from(startAfter).some(isLastTwoOfPlane) ||
    Buffer.byteLength(startAfter) > MAX_KEY_BYTES
  );
}

/** How a {@link SimulatedBucket} behaves. */
export interface SimulatedBucketOptions {
  /** Time from a request to its answer, in ms. */
  readonly latencyMs?: number;
  /** Processor time the walker takes for a page, one page after the other, in ms. */
  readonly perPageMs?: number;
  /** Keys of a full page. Default 1,000. */
  readonly pageKeys?: number;
  /** An error in place of a page. Default: none. */
  readonly fails?: SimulatedFailure;
}

/** The error that a request is answered with, if it is not answered with a page. */
export type SimulatedFailure = (request: SimulatedRequest) => Error | undefined;

/** A request as it arrives. */
export interface SimulatedRequest {
  /** How many there were before. */
  readonly number: number;
  /** How many are under way, with this one. */
  readonly atOnce: number;
  readonly nowMs: number;
}

/** Where a listing begins: at a token, or behind a key. */
export interface SimulatedPlace {
  readonly startAfter: string;
  readonly token?: string | undefined;
}

const TOKEN = "the page behind ";

/**
 * A bucket in memory, and a clock that jumps from one answer to the next. It refuses what S3 is reported to refuse as a
 * `StartAfter`; each page that is not the last has a token.
 */
export class SimulatedBucket {
  requests = 0;
  /** `StartAfter` values that were refused. */
  readonly refused: string[] = [];
  nowMs = 0;
  readonly keys: readonly string[];
  readonly #options: Required<SimulatedBucketOptions>;
  readonly #due: { readonly atMs: number; readonly fire: () => void }[] = [];
  #atOnce = 0;
  /** Most requests that were under way at once. */
  mostAtOnce = 0;

  constructor(keys: Iterable<string>, options: SimulatedBucketOptions = {}) {
    this.keys = [...new Set(keys)].sort(compareKeys);
    this.#options = { latencyMs: 50, perPageMs: 0, pageKeys: 1_000, fails: () => undefined, ...options };
  }

  readonly list: ListAfter = (place) => {
    const { promise, resolve, reject } = Promise.withResolvers<ListedPage>();
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#atOnce);
    const failure = this.#options.fails({ number: this.requests++, atOnce: this.#atOnce, nowMs: this.nowMs });
    this.#at(this.nowMs + this.#options.latencyMs, () => {
      this.#atOnce--;
      // The walker is busy with one page at a time.
      this.nowMs += this.#options.perPageMs;
      try {
        if (failure) throw failure;
        resolve(this.pageAt(place));
      } catch (error) {
        reject(error);
      }
    });
    return promise;
  };

  /** The machine that walks: its timers are of this clock. */
  readonly host: Pick<Host, "timer" | "random"> = {
    timer: (delayMs, fire) => {
      const due = this.#at(this.nowMs + delayMs, fire);
      return () => {
        const index = this.#due.indexOf(due);
        if (index >= 0) this.#due.splice(index, 1);
      };
    },
    random: () => 0.5,
  };

  #at(atMs: number, fire: () => void) {
    const due = { atMs, fire };
    const index = this.#due.findLastIndex((other) => other.atMs <= atMs);
    this.#due.splice(index + 1, 0, due);
    return due;
  }

  /** Lists without the clock: a request is answered as soon as something else may run. */
  readonly listAtOnce: ListAfter = async (place) => {
    this.requests++;
    await new Promise(setImmediate);
    return this.pageAt(place);
  };

  /**
   * The page that a request is answered with.
   *
   * @throws an SDK's `InvalidArgument` for a place that S3 refuses.
   */
  pageAt({ startAfter, token }: SimulatedPlace): ListedPage {
    if (token !== undefined) {
      if (!token.startsWith(TOKEN)) throw s3Error("InvalidArgument", 400);
      return this.#pageBehind(token.slice(TOKEN.length));
    }
    if (!isRefused(startAfter)) return this.#pageBehind(startAfter);
    this.refused.push(startAfter);
    throw s3Error("InvalidArgument", 400);
  }

  #pageBehind(startAfter: string): ListedPage {
    const { keys } = this;
    let from = 0;
    for (let high = keys.length; from < high; ) {
      const middle = (from + high) >> 1;
      if (compareKeys(keys[middle] as string, startAfter) <= 0) from = middle + 1;
      else high = middle;
    }
    const length = Math.min(this.#options.pageKeys, keys.length - from);
    const isTruncated = from + length < keys.length;
    return {
      length,
      isTruncated,
      nextToken: isTruncated ? TOKEN + keys[from + length - 1] : undefined,
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
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.fire();
    }
  }
}
