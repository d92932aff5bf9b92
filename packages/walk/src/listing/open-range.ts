import { compareKeys } from "./key-order.ts";
import { behindKey, countWithin, type KeyRange } from "./key-range.ts";
import type { KeyScale } from "./key-scale.ts";
import type { ListedPage } from "./listed-page.ts";
import { ListingEndlessError, ListingOrderError } from "./listing-error.ts";
import { isStartAfter, longestStartAfter, shorterStartAfter } from "./start-after.ts";

/** A range in work: what is to be listed next of it. */
export interface Listing {
  /** The keys up to this one are done with, or another range's. */
  readonly after: string;
  /** Where the page begins; goes before {@link startAfter}. */
  readonly token: string | undefined;
  /** The page begins behind this text, which is `after`, or sorts before it where `after` cannot be a `StartAfter`. */
  readonly startAfter: string;
}

/** The objects of a page that count: those from index 0 up to, not including, `count`. */
export interface PageSlice {
  readonly page: ListedPage;
  readonly count: number;
}

interface Place extends Listing {
  /** A second way on, if S3 refuses the first. */
  readonly spareToken?: string | undefined;
}

/** A range of keys that is being listed, page by page. */
export class OpenRange implements Listing {
  through: string | null;
  /** Being listed, or its page being worked on. */
  isBusy = false;
  /** Has been answered. */
  isProven = false;
  /** Estimate from its last page of the keys behind it; `undefined` before the first page and after the last. */
  scale: KeyScale | undefined;
  /** Split off as a guess, and not answered yet: until then, another guess would be as good as none. */
  guess: OpenRange | undefined;
  #place: Place;
  /** The page that is being worked on, and where the range continues behind it; nowhere, if it is the last. */
  #inWork: { readonly next: Place | undefined } | undefined;
  /** Last key that a page had though it is not behind `after`. */
  #skippedTo: string | undefined;

  constructor({ after, through, token }: KeyRange) {
    this.#place = { after, token, startAfter: longestStartAfter(after) };
    this.through = through;
  }

  get after(): string {
    return this.#place.after;
  }

  get token(): string | undefined {
    return this.#place.token;
  }

  get startAfter(): string {
    return this.#place.startAfter;
  }

  /** The part that is not committed. */
  get left(): KeyRange {
    const { after, token } = this.#place;
    return { after, through: this.through, ...(token !== undefined && { token }) };
  }

  /** Whether it can be made longer: not once its last page is there. */
  get canGrow(): boolean {
    return this.#inWork === undefined || this.#inWork.next !== undefined;
  }

  /**
   * Takes the objects of a page that are in the range.
   *
   * @throws ListingOrderError, ListingEndlessError if a range cannot be listed so.
   */
  arrived(answered: ListedPage): PageSlice {
    // A token's page may begin before `after`, where a listing had to begin earlier than that.
    checkOrder(this.token === undefined ? this.startAfter : "", answered);
    const page = behindKey(answered, this.after);
    const count = countWithin(page, this.through);
    const last = count > 0 ? page.key(count - 1) : undefined;
    const isOver = count < page.length || !page.isTruncated || (last !== undefined && last === this.through);
    this.#inWork = { next: isOver ? undefined : this.#behind(answered, last) };
    return { page, count };
  }

  /** The page is done with up to a key: a listing that begins where this one did has it again, and leaves it out. */
  commitThrough(key: string): void {
    const { token, startAfter } = this.#place;
    this.#place = isStartAfter(key)
      ? { after: key, token: undefined, startAfter: key }
      : { after: key, token, startAfter };
  }

  /** The page is done with; `false` if it was the last. */
  commit(): boolean {
    this.isBusy = false;
    const next = this.#inWork?.next;
    this.#inWork = undefined;
    if (next === undefined) return false;
    if (next.after !== this.after) this.#skippedTo = undefined;
    this.#place = next;
    return true;
  }

  /** S3 refused where the listing should begin; `false` if there is no other way to begin it. */
  askOtherwise(): boolean {
    const { after, token, startAfter, spareToken } = this.#place;
    if (token === undefined && spareToken === undefined && startAfter === "") return false;
    if (token !== undefined) this.#place = { after, token: undefined, startAfter };
    else if (spareToken !== undefined) this.#place = { after, token: spareToken, startAfter };
    else this.#place = { after, token, startAfter: shorterStartAfter(startAfter) };
    return true;
  }

  #behind(answered: ListedPage, last: string | undefined): Place {
    const token = answered.nextToken;
    if (last !== undefined) {
      const startAfter = longestStartAfter(last);
      return { after: last, startAfter, token: isStartAfter(last) ? undefined : token, spareToken: token };
    }
    const { after, startAfter } = this;
    if (answered.length === 0) {
      if (token === undefined || token === this.token) throw new ListingEndlessError(after);
      return { after, startAfter, token };
    }
    const skipped = answered.key(answered.length - 1);
    const isFurther = this.#skippedTo === undefined || compareKeys(this.#skippedTo, skipped) < 0;
    const behindSkipped = longestStartAfter(skipped);
    const further = compareKeys(behindSkipped, startAfter) > 0 ? behindSkipped : startAfter;
    if (!isFurther || (token === undefined && further === startAfter)) throw new ListingEndlessError(after);
    this.#skippedTo = skipped;
    return { after, startAfter: further, token };
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
