import { compareKeys } from "./key-order.ts";
import { KeyPatterns } from "./key-patterns.ts";
import { countWithin, type KeyRange } from "./key-range.ts";
import { KeyScale } from "./key-scale.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingEndlessError, ListingOrderError } from "./listing-error.ts";
import {
  believedAtMost,
  isBelieved,
  isWorthSplitting,
  mayWasteRequest,
  ProbeWindow,
  pagesToSplitAt,
} from "./split-policy.ts";

/** A range in work: what is to be listed next of it. */
export interface Listing extends KeyRange {
  /** Where the page before said that this one begins; only if that page was empty. */
  readonly token: string | undefined;
}

/** The objects of a page that count: those from index 0 up to, not including, `count`. */
export interface PageSlice {
  readonly page: ListedPage;
  readonly count: number;
}

interface OpenRange extends Listing {
  after: string;
  through: string | null;
  token: string | undefined;
  /** Being listed, or its page being worked on. */
  isBusy: boolean;
  /** Has been answered. */
  isProven: boolean;
  /** Last key of the page that is being worked on; `undefined` if that page is the range's last. */
  reached: string | undefined;
  /** What its last page tells of what is behind that; nothing before the first page and after the last. */
  scale: KeyScale | undefined;
  /** Split off as a guess, and not answered yet: until then, another guess would be as good as none. */
  guess: OpenRange | undefined;
}

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
  readonly listedKeys: number;
  /** Ranges that were split off and turned out to hold keys, and to hold none. */
  readonly found: number;
  readonly missed: number;
}

/**
 * Which ranges of the key space are still to be listed, and which to list now. Splits ranges while there is room for more
 * requests at once, guided by the keys seen so far. Knows no clock and makes no requests: whoever drives it takes
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
    return { requests: this.#requests, listedKeys: this.#listedKeys, found: this.#found, missed: this.#missed };
  }

  /** The open ranges, in order of their keys where they were so at the beginning. */
  ranges(): KeyRange[] {
    return this.#open.map(({ after, through }) => ({ after, through }));
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
    const give = ({ after, through }: KeyRange): boolean => {
      const range = { after, through };
      left -= Buffer.byteLength(JSON.stringify(range)) + 1;
      if (left >= 0) given.push(range);
      return left >= 0;
    };
    let isTurn = true;
    for (const range of [...this.#open]) {
      if (!range.isProven && !range.isBusy) {
        isTurn = !isTurn;
        if (!isTurn) continue;
        if (!give(range)) break;
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
   * What of the page that answers a listing lies in its range. These objects belong to the listing from now on, until it
   * is committed.
   */
  arrived(listing: Listing, page: ListedPage): PageSlice {
    const range = listing as OpenRange;
    checkOrder(range.after, page);
    const count = countWithin(page, range.through);
    this.#unanswered--;
    this.#listedKeys += count;
    if (!range.isProven) this.#prove(range, count > 0);
    range.reached = undefined;
    range.scale = undefined;
    if (count < page.length || !page.isTruncated) return { page, count };
    if (count === 0) {
      if (page.nextToken === undefined || page.nextToken === range.token) throw new ListingEndlessError(range.after);
      range.reached = range.after;
      range.token = page.nextToken;
      return { page, count };
    }
    const [first, last] = [page.key(0), page.key(count - 1)];
    range.token = undefined;
    if (last === range.through) return { page, count };
    range.reached = last;
    for (const key of [first, page.key(count >> 1), last]) this.#patterns.learn(key);
    range.scale = new KeyScale({ after: last, through: range.through }, { first, keys: count }, this.#patterns);
    return { page, count };
  }

  /** The objects of the page are done with: they are in no open range from now on. */
  commit(listing: Listing): void {
    const range = listing as OpenRange;
    range.isBusy = false;
    this.#busy--;
    if (range.reached === undefined) this.#open.splice(this.#open.indexOf(range), 1);
    else range.after = range.reached;
  }

  #add({ after, through }: KeyRange): OpenRange {
    const range = {
      after,
      through,
      token: undefined,
      isBusy: false,
      isProven: false,
      reached: undefined,
      scale: undefined,
      guess: undefined,
    };
    this.#open.push(range);
    return range;
  }

  #prove(range: OpenRange, hasKeys: boolean): void {
    range.isProven = true;
    this.#probes--;
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
    const counts = { requests: this.#requests, unanswered: this.#unanswered, probes: this.#probes, listedPages };
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

/** Looks at the first, the middle and the last key: to decode them all takes longer than all else that is done with a page. */
function checkOrder(after: string, page: ListedPage): void {
  if (page.length === 0) return;
  const [first, middle, last] = [page.key(0), page.key(page.length >> 1), page.key(page.length - 1)];
  if (after !== "" && compareKeys(first, after) <= 0) throw new ListingOrderError(after, first);
  if (compareKeys(middle, first) < 0) throw new ListingOrderError(first, middle);
  if (compareKeys(last, middle) < 0) throw new ListingOrderError(middle, last);
}
