import { backOffMs, type Host, pause, systemHost } from "@longhaul/core/parts";
import type { KeyRange } from "./key-range.ts";
import { type ListedPage, pageFrom } from "./listed-page.ts";
import { isPlaceRefused, ListingTrouble } from "./listing-trouble.ts";
import type { Listing, PageSlice } from "./open-range.ts";
import { RequestWindow } from "./request-window.ts";
import { type PlanCounts, WalkPlan } from "./walk-plan.ts";

/** Lists one page of a bucket, by one request: the walk makes it again if that failed for now. */
export type ListAfter = (request: {
  readonly startAfter: string;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}) => Promise<ListedPage>;

/**
 * Works on objects of a page, for several pages at once. Until it resolves, they count as not walked. It should end soon
 * when the signal aborts, and calls `onStarted` once the work on each object has begun.
 */
export type PageWork = (slice: PageSlice, signal: AbortSignal, onStarted: () => void) => Promise<void>;

/** Options of a {@link Walk}. */
export interface WalkOptions {
  readonly list: ListAfter;
  /** Ranges to walk: `[{ after: "", through: null }]`, or those that an earlier walk left. */
  readonly ranges: readonly KeyRange[];
  /** Most requests at once. Default 64. */
  readonly concurrency?: number | undefined;
  /** Keys of a full page, if `list` asks for fewer than S3's 1,000. */
  readonly pageKeys?: number | undefined;
  /** Work on objects that may take a while. Default: they are only accounted for. */
  readonly work?: PageWork | undefined;
  /** Objects that are worked on, and accounted for, together. Default: those of a page. */
  readonly workKeys?: number | undefined;
  /**
   * Called when objects are done with, in the moment in which their keys leave the open ranges. The page is released when
   * all of its objects are.
   */
  readonly account: (slice: PageSlice) => void;
  /** Whether `account` keeps pages for later and releases them itself. Default: no. */
  readonly keepsPages?: boolean | undefined;
  /** Ends the walk; what is under way is given up. */
  readonly signal?: AbortSignal | undefined;
  /** Time and chance. Default: the machine's. */
  readonly host?: Pick<Host, "timer" | "random"> | undefined;
}

/**
 * Lists the objects of ranges of keys, with many requests at once. Each object is accounted for once. A request that fails
 * for now is made again, after a pause and with fewer at once, for as long as the walk is not ended.
 */
export class Walk {
  readonly #options: WalkOptions;
  readonly #host: Pick<Host, "timer" | "random">;
  readonly #plan: WalkPlan;
  readonly #window: RequestWindow;
  readonly #trouble = new ListingTrouble();
  readonly #stop = new AbortController();
  /** Requests that are not answered, and pauses after refused ones. */
  #underWay = 0;
  #refusedInRow = 0;
  #failure: { readonly error: unknown } | undefined;
  #moved = Promise.withResolvers<void>();

  constructor(options: WalkOptions) {
    const { ranges, concurrency = 64, pageKeys, signal, host = systemHost } = options;
    this.#options = options;
    this.#host = host;
    this.#plan = new WalkPlan(ranges, { maxListings: concurrency, pageKeys });
    this.#window = new RequestWindow(concurrency);
    if (signal?.aborted) this.#fail(signal.reason);
    signal?.addEventListener("abort", () => this.#fail(signal.reason), { once: true, signal: this.#stop.signal });
  }

  /** The ranges that are not accounted for yet, at this moment. */
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
   * Waits until something was accounted for, and says whether more is to come. Listing continues between calls.
   *
   * @throws the error of a request that another try cannot mend, or of the work; the signal's reason.
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
    while (!this.#failure && this.#underWay < this.#window.size) {
      const listing = this.#plan.take();
      if (listing === undefined) return;
      this.#walk(listing).catch((error: unknown) => this.#fail(error));
    }
  }

  async #walk(listing: Listing): Promise<void> {
    const page = await this.#ask(listing);
    if (page === undefined) return;
    const slice = this.#plan.arrived(listing, page);
    if (this.#options.work && slice.count > 0) await this.#workOn(listing, slice, this.#options.work);
    else this.#done(listing, slice);
    if (!this.#options.keepsPages) page.release?.();
  }

  /** Works on a page, some objects after the others. They are accounted for in order, so that what is left is one range. */
  async #workOn(listing: Listing, { page, count }: PageSlice, work: PageWork): Promise<void> {
    const { workKeys = count } = this.#options;
    // While this page is worked on, others may be listed.
    this.#fill();
    let accounted = Promise.resolve();
    for (let from = 0; from < count && !this.#failure; from += workKeys) {
      const slice = { page: from === 0 ? page : pageFrom(page, from), count: Math.min(workKeys, count - from) };
      const { promise: started, resolve: onStarted } = Promise.withResolvers<void>();
      const worked = work(slice, this.#stop.signal, onStarted);
      accounted = Promise.all([accounted, worked]).then(() => this.#done(listing, slice, from + workKeys < count));
      // What fails is waited for below.
      accounted.catch(() => {});
      await Promise.race([started, worked]);
    }
    await accounted;
  }

  /** Accounts for objects of a page, in the moment in which their keys leave the open ranges. */
  #done(listing: Listing, slice: PageSlice, hasMore = false): void {
    if (this.#failure) return;
    this.#options.account(slice);
    if (hasMore) this.#plan.commitThrough(listing, slice.page.key(slice.count - 1));
    else this.#plan.commit(listing);
    this.#moved.resolve();
    this.#fill();
  }

  /** Makes one request; where that fails for now, the listing is open again. */
  async #ask(listing: Listing): Promise<ListedPage | undefined> {
    const { startAfter, token } = listing;
    const { signal } = this.#stop;
    this.#underWay++;
    try {
      const page = await this.#options.list({ startAfter, token, signal });
      this.#window.answered(false);
      this.#trouble.answered();
      this.#refusedInRow = 0;
      this.#underWay--;
      return page;
    } catch (error) {
      if (this.#failure) return undefined;
      if (isPlaceRefused(error)) {
        if (!this.#plan.refused(listing)) throw error;
      } else {
        const why = this.#trouble.worthRepeating(error);
        if (why === undefined) throw error;
        this.#plan.putBack(listing);
        this.#window.answered(true);
        // Another request may list this at once; the place of this one stays empty for a while.
        const pauseMs = backOffMs(++this.#refusedInRow, why, this.#host.random());
        await pause(this.#host, pauseMs, signal).catch(() => {});
      }
      this.#underWay--;
      this.#fill();
      return undefined;
    }
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    this.#failure = { error };
    this.#stop.abort(error);
    this.#moved.resolve();
  }
}
