import { KeyPatterns } from "./key-patterns.ts";
import type { KeyRange } from "./key-range.ts";
import { KeyScale } from "./key-scale.ts";
import type { ListedPage } from "./listed-page.ts";
import { type Listing, OpenRange, type PageSlice } from "./open-range.ts";
import {
  believedAtMost,
  isBelieved,
  isWorthSplitting,
  mayWasteRequest,
  ProbeWindow,
  pagesToSplitAt,
} from "./split-policy.ts";

/** Limits of a {@link WalkPlan}. */
export interface WalkPlanOptions {
  /** Most listings taken and not committed at once. */
  readonly maxListings: number;
  /** Keys of a full page. Default 1,000, the most that S3 gives. */
  readonly pageKeys?: number | undefined;
}

/** Counters of a walk. */
export interface PlanCounts {
  readonly requests: number;
  /** Requests that had no listing for an answer. */
  readonly failed: number;
  readonly listedKeys: number;
  /** Ranges that were split off and turned out to hold keys, and to hold none. */
  readonly found: number;
  readonly missed: number;
}

/**
 * Which ranges of the key space are still to be listed, and which to list now. Splits ranges while there is room for more
 * requests at once, guided by the keys seen so far. Knows no clock and makes no requests: the caller takes
 * listings, makes the requests in whatever order, and hands in the pages.
 *
 * The open ranges are the keys not committed yet, each once, at any moment.
 */
export class WalkPlan {
  readonly #open: OpenRange[] = [];
  readonly #patterns = new KeyPatterns();
  readonly #window = new ProbeWindow();
  readonly #maxListings: number;
  readonly #pageKeys: number;
  #busy = 0;
  #requests = 0;
  /** Requests without a listing for an answer: those to be made again, and those whose place was refused. */
  #failed = 0;
  #refused = 0;
  #unanswered = 0;
  #probes = 0;
  #listedKeys = 0;
  #found = 0;
  #missed = 0;

  constructor(ranges: readonly KeyRange[], options: WalkPlanOptions) {
    this.#maxListings = options.maxListings;
    this.#pageKeys = options.pageKeys ?? 1_000;
    for (const range of ranges) {
      this.#add(range);
      if (range.after !== "") this.#patterns.learn(range.after);
    }
  }

  get isDone(): boolean {
    return this.#open.length === 0;
  }

  get counts(): PlanCounts {
    const failed = this.#failed + this.#refused;
    const [requests, listedKeys] = [this.#requests, this.#listedKeys];
    return { requests, failed, listedKeys, found: this.#found, missed: this.#missed };
  }

  /** The open ranges, in order of their keys where they were so at the beginning. */
  ranges(): KeyRange[] {
    return this.#open.map(({ left }) => left);
  }

  /**
   * About how many keys are left, as far as pages tell; at most so many times what was listed as an estimate is believed.
   * A range that was not begun counts like the others.
   */
  get remainingKeys(): number {
    let told = 0;
    let begun = 0;
    for (const { isProven, scale } of this.#open) {
      if (isProven) begun++;
      told += scale?.remainingKeys ?? 0;
    }
    const all = begun === 0 ? 0 : (told / begun) * this.#open.length;
    return Math.min(all, believedAtMost(this.#listedKeys));
  }

  /**
   * Takes about half of what is left out of the plan, for another walk: every second range that was not begun, and the
   * farther half of each other one that is worth splitting; no more ranges than fit into so many bytes of JSON. They are in
   * no open range from now on.
   */
  giveAway(maxBytes = Number.POSITIVE_INFINITY): KeyRange[] {
    const listedPages = this.#listedKeys / this.#pageKeys;
    const given: KeyRange[] = [];
    let left = maxBytes;
    /** Gives a range, unless there is no room left for it. */
    const give = (range: KeyRange): boolean => {
      left -= Buffer.byteLength(JSON.stringify(range)) + 1;
      if (left >= 0) given.push(range);
      return left >= 0;
    };
    let isTurn = true;
    for (const range of [...this.#open]) {
      if (!range.isProven && !range.isBusy) {
        isTurn = !isTurn;
        if (!isTurn) continue;
        if (!give(range.left)) break;
        this.#open.splice(this.#open.indexOf(range), 1);
        continue;
      }
      const remainingPages = (range.scale?.remainingKeys ?? 0) / this.#pageKeys;
      if (!isWorthSplitting(remainingPages)) continue;
      const key = range.scale?.keyAhead(pagesToSplitAt(remainingPages, listedPages) * this.#pageKeys);
      if (key === undefined) continue;
      if (!give({ after: key, through: range.through })) break;
      range.through = key;
      range.scale = range.scale?.cutAt(key);
    }
    return given;
  }

  /** Takes the next listing to make; nothing if there is none, or as many as may be are under way. */
  take(): Listing | undefined {
    if (this.#busy >= this.#maxListings) return undefined;
    const range = this.#open.find(({ isBusy }) => !isBusy) ?? this.#split();
    if (range === undefined) return undefined;
    range.isBusy = true;
    this.#busy++;
    this.#requests++;
    this.#unanswered++;
    if (!range.isProven) this.#probes++;
    return range;
  }

  /**
   * Takes the objects of a page that are in the listing's range. They belong to the listing from now on, until it
   * is committed.
   */
  arrived(listing: Listing, answered: ListedPage): PageSlice {
    const range = listing as OpenRange;
    const slice = range.arrived(answered);
    const { page, count } = slice;
    this.#unanswered--;
    this.#listedKeys += count;
    if (!range.isProven) {
      this.#probes--;
      this.#prove(range, count > 0);
    }
    // A range with a scale had a page that ended at `after`.
    const previous = range.scale && range.after;
    range.scale = undefined;
    if (page.length > 0) this.#learn(page, previous);
    if (count === 0 || !range.canGrow) return slice;
    const [first, last] = [page.key(0), page.key(count - 1)];
    range.scale = new KeyScale({ after: last, through: range.through }, { first, keys: count }, this.#patterns);
    return slice;
  }

  /**
   * Learns from five keys of a page. Keys behind the range's end are as good.
   *
   * @param previous - the key just before the page. A counter may step there only: pages can begin at its hundreds.
   */
  #learn(page: ListedPage, previous: string | undefined): void {
    const last = page.length - 1;
    const keys = [0, last >> 2, last >> 1, (3 * last) >> 2, last].map((index) => page.key(index));
    for (const key of keys) this.#patterns.learn(key);
    if (previous !== undefined) this.#patterns.compare(previous, keys[0] as string);
    for (const [index, key] of keys.slice(1).entries()) this.#patterns.compare(keys[index] as string, key);
  }

  /** The objects of the page up to a key are done with: they are in no open range from now on. */
  commitThrough(listing: Listing, key: string): void {
    (listing as OpenRange).commitThrough(key);
  }

  /** All objects of the page are done with. */
  commit(listing: Listing): void {
    const range = listing as OpenRange;
    this.#busy--;
    if (!range.commit()) this.#open.splice(this.#open.indexOf(range), 1);
  }

  /** The listing was not answered, for now: it is to be made again. */
  putBack(listing: Listing): void {
    this.#unasked(listing as OpenRange);
    this.#failed++;
  }

  /**
   * S3 refused where the listing should begin. A range that was split off goes back to the one on its left; where that is
   * not possible, the listing begins elsewhere.
   *
   * @returns `false` if there is no other way to begin it.
   */
  refused(listing: Listing): boolean {
    const range = listing as OpenRange;
    this.#unasked(range);
    this.#refused++;
    const isFirstTry = !range.isProven && range.token === undefined;
    const left = isFirstTry ? this.#open.find(({ through }) => through === range.after) : undefined;
    if (!left?.canGrow) return range.askOtherwise();
    left.through = range.through;
    // Until its next page it would be split at the same key.
    left.scale = undefined;
    this.#open.splice(this.#open.indexOf(range), 1);
    this.#prove(range, false);
    return true;
  }

  #unasked(range: OpenRange): void {
    range.isBusy = false;
    this.#busy--;
    this.#unanswered--;
    if (!range.isProven) this.#probes--;
  }

  #add(range: KeyRange): OpenRange {
    const open = new OpenRange(range);
    this.#open.push(open);
    return open;
  }

  #prove(range: OpenRange, hasKeys: boolean): void {
    range.isProven = true;
    if (hasKeys) {
      this.#found++;
      this.#window.found();
    } else {
      this.#missed++;
      this.#window.missed();
    }
  }

  /** Makes a range out of the farther part of the one of which most is left. */
  #split(): OpenRange | undefined {
    const listedPages = this.#listedKeys / this.#pageKeys;
    const requests = this.#requests - this.#failed;
    const counts = { requests, unanswered: this.#unanswered, probes: this.#probes, listedPages };
    while (this.#probes < this.#window.size && mayWasteRequest(counts)) {
      const range = this.#longest(listedPages);
      if (range?.scale === undefined) return undefined;
      const remainingPages = range.scale.remainingKeys / this.#pageKeys;
      const key = range.scale.keyAhead(pagesToSplitAt(remainingPages, listedPages) * this.#pageKeys);
      if (key === undefined) {
        // Until its next page there is nothing to go by.
        range.scale = undefined;
        continue;
      }
      const farther = this.#add({ after: key, through: range.through });
      range.guess = isBelieved(remainingPages, listedPages) ? undefined : farther;
      range.through = key;
      range.scale = range.scale.cutAt(key);
      return farther;
    }
    return undefined;
  }

  #longest(listedPages: number): OpenRange | undefined {
    let longest: OpenRange | undefined;
    let mostPages = 0;
    for (const range of this.#open) {
      const remainingPages = (range.scale?.remainingKeys ?? 0) / this.#pageKeys;
      if (remainingPages <= mostPages || !isWorthSplitting(remainingPages)) continue;
      if (range.guess?.isProven === false && !isBelieved(remainingPages, listedPages)) continue;
      longest = range;
      mostPages = remainingPages;
    }
    return longest;
  }
}
