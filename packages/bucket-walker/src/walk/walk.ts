import type { KeyRange } from "./key-range.ts";
import type { ListedPage } from "./listed-page.ts";
import { type PageSlice, type PlanCounts, WalkPlan } from "./walk-plan.ts";

/** Lists one page of a bucket. */
export type ListAfter = (request: {
  readonly startAfter: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}) => Promise<ListedPage>;

/** What a {@link Walk} is made of. */
export interface WalkOptions {
  readonly list: ListAfter;
  /** What is to be walked: `[{ after: "", through: null }]`, or what an earlier walk left. */
  readonly ranges: readonly KeyRange[];
  /** Most requests at once. Default 64. */
  readonly concurrency?: number | undefined;
  /** Keys of a full page, if `list` asks for fewer than S3's 1,000. */
  readonly pageKeys?: number | undefined;
  /**
   * Work on a page that may take a while, for several pages at once. Until it is done, the page counts as not walked; it
   * should end soon when the signal aborts.
   */
  readonly work?: ((slice: PageSlice, signal: AbortSignal) => Promise<void>) | undefined;
  /** Called when a page is done with, in the moment in which its keys leave the open ranges. The page is released then. */
  readonly account: (slice: PageSlice) => void;
  /** Ends the walk; what is under way is given up. */
  readonly signal?: AbortSignal | undefined;
}

/** Lists the objects of ranges of keys, with many requests at once. Each object is accounted for once. */
export class Walk {
  readonly #options: WalkOptions;
  readonly #plan: WalkPlan;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #failure: { readonly error: unknown } | undefined;
  #moved = Promise.withResolvers<void>();

  constructor(options: WalkOptions) {
    this.#options = options;
    this.#plan = new WalkPlan(options.ranges, { maxListings: options.concurrency ?? 64, pageKeys: options.pageKeys });
    const { signal } = options;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    if (signal?.aborted) this.#fail(signal.reason);
    signal?.addEventListener("abort", () => this.#fail(signal.reason), { once: true, signal: this.#stop.signal });
  }

  /** What is not accounted for yet, at this moment. */
  ranges(): KeyRange[] {
    return this.#plan.ranges();
  }

  get counts(): PlanCounts {
    return this.#plan.counts;
  }

  /** About how many keys are left, as far as was seen yet. */
  get remainingKeys(): number {
    return this.#plan.remainingKeys;
  }

  /** Leaves about half of what is left to another walk, in so many bytes of JSON: these ranges are no longer this one's. */
  giveAway(maxBytes?: number): KeyRange[] {
    const ranges = this.#failure ? [] : this.#plan.giveAway(maxBytes);
    // What was left may all be gone now.
    this.#moved.resolve();
    return ranges;
  }

  /**
   * Goes on until something was accounted for, and says whether there is more to come. Listing goes on between calls.
   *
   * @throws what a request or the work throws; the signal's reason.
   */
  async advance(): Promise<boolean> {
    if (!this.#failure && !this.#plan.isDone) {
      this.#fill();
      await this.#moved.promise;
      this.#moved = Promise.withResolvers();
    }
    if (this.#failure) throw this.#failure.error;
    return !this.#plan.isDone;
  }

  /** Ends the walk; nothing is accounted for any more. */
  stop(): void {
    this.#fail(new DOMException("The walk was stopped.", "AbortError"));
  }

  #fill(): void {
    for (let listing = this.#plan.take(); listing; listing = this.#plan.take()) {
      this.#list(listing).catch((error: unknown) => this.#fail(error));
    }
  }

  async #list(listing: NonNullable<ReturnType<WalkPlan["take"]>>): Promise<void> {
    const { list, work, account } = this.#options;
    const page = await list({ startAfter: listing.after, token: listing.token, signal: this.#signal });
    if (this.#failure) return;
    const slice = this.#plan.arrived(listing, page);
    if (work && slice.count > 0) {
      // While this page is worked on, others may be listed.
      this.#fill();
      await work(slice, this.#signal);
      if (this.#failure) return;
    }
    account(slice);
    this.#plan.commit(listing);
    page.release?.();
    this.#moved.resolve();
    this.#fill();
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.#stop.abort(error);
    this.#moved.resolve();
  }
}
