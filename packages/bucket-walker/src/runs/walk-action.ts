import type { PageSlice } from "../walk/walk-plan.ts";

/** A walk as its action knows it. */
export interface WalkTarget {
  /** Id of the walk. */
  readonly id: string;
  readonly bucket: string;
  /** Only keys that begin with it are walked; empty for all. */
  readonly prefix: string;
  /** When the walk began, in milliseconds since 1970; the same for whoever asks. */
  readonly startedAtMs: number;
}

/**
 * What is done with the objects of a walk. A summary is plain JSON; summaries merge associatively and commutatively.
 *
 * The slice's page is released when `account` and `work` have returned: take from it what is needed.
 */
export interface WalkAction<Summary> {
  /** The summary of no objects. */
  empty(): Summary;
  /** Adds the objects of a page to a summary, which is changed in place. */
  account(summary: Summary, slice: PageSlice): void;
  /** Adds another summary to one, which is changed in place; the other is not. */
  merge(into: Summary, other: Summary): void;
  /**
   * Work on a page that takes a while; the page is accounted for when it is done. Called for several pages at once, and
   * after a crash again for the same page.
   */
  work?(slice: PageSlice, signal: AbortSignal): Promise<void>;
  /**
   * Writes the result when the whole walk is done, and answers with what is to stand in the walk's record: small JSON.
   * Called again after a crash, and by two at once: it must write the same then, so it takes nothing but its arguments.
   */
  finish(summary: Summary, walk: WalkTarget): Promise<unknown>;
}
