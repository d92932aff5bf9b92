/** An estimate this many times what was listed altogether is not believed. */
const BELIEVED_TIMES = 16;

/** Below this, splitting a range gains less time than the request that it may waste is worth. */
const MIN_SPLIT_PAGES = 3;

/** Counts of a walk so far. */
export interface WalkCounts {
  /** Answered and unanswered. */
  readonly requests: number;
  readonly unanswered: number;
  /** Unanswered ones that are the first of a range, which may turn out to hold nothing. */
  readonly probes: number;
  /** Pages that were listed, counted as if all were full. */
  readonly listedPages: number;
}

/** Whether what is left of a range is worth splitting. */
export function isWorthSplitting(remainingPages: number): boolean {
  return remainingPages >= MIN_SPLIT_PAGES;
}

/** The most that an estimate is believed to be, after so much was listed. */
export function believedAtMost(listed: number): number {
  return listed * BELIEVED_TIMES;
}

/**
 * Whether an estimate is in proportion to what was listed. If not, the pattern of keys is not the same all over the
 * range, or most of the numbers that a counter has room for are not used.
 */
export function isBelieved(remainingPages: number, listedPages: number): boolean {
  return remainingPages <= believedAtMost(listedPages);
}

/**
 * How many pages ahead a range is to be split: half of what is left if that is believed. Else any size is as likely as one
 * ten times that, and the middle between what is believed and what there may be lies on a logarithmic scale.
 */
export function pagesToSplitAt(remainingPages: number, listedPages: number): number {
  if (isBelieved(remainingPages, listedPages)) return remainingPages / 2;
  return Math.sqrt((believedAtMost(listedPages) * remainingPages) / 4);
}

/**
 * Whether the requests that listed less than a full page leave room for another try. Small buckets are given more than
 * their share, because a try there costs next to nothing and saves much of the time; large ones come to a tenth.
 */
export function mayWasteRequest({ requests, unanswered, probes, listedPages }: WalkCounts): boolean {
  // A request in a range that is known to hold keys is not wasted; a probe may be.
  const wasted = requests - (unanswered - probes) - listedPages;
  return wasted <= 8 + 4 * Math.sqrt(listedPages) + 0.1 * listedPages;
}

/** How many probes may be unanswered at once: grows while they find keys, as a connection does that loses no packets. */
export class ProbeWindow {
  #size = 8;

  get size(): number {
    return this.#size;
  }

  found(): void {
    this.#size += 2;
  }

  missed(): void {
    this.#size = Math.max(2, this.#size - 1);
  }
}
