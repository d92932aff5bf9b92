import type { Progress } from "@longhaul/core/parts";
import type { PageSlice } from "../listing/open-range.ts";
import type { CallScope } from "./call-scope.ts";

/** A walk as its action knows it. */
export interface WalkTarget {
  /** Id of the walk. */
  readonly id: string;
  readonly bucket: string;
  /** Only keys that begin with it are walked; empty for all. */
  readonly prefix: string;
  /** When the walk began, in milliseconds since 1970; the same in all of its invocations. */
  readonly startedAtMs: number;
}

/** Limits of work within one invocation. */
export interface HopLimits {
  /** Aborted when the invocation is about to end. */
  readonly signal: AbortSignal;
  /** Time for work that the invocation had when it began, in milliseconds: what takes longer never ends in one. */
  readonly usableMs: number;
  /** Called when the work on each object has begun: then others may be begun with. */
  readonly onStarted: () => void;
}

/**
 * Something to do with the objects of one walk. A summary is plain JSON; summaries merge associatively and commutatively.
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
  /** Objects that are worked on, and accounted for, together. Default: those of a page. */
  readonly workKeys?: number;
  /**
   * Work on objects that takes a while; they are accounted for when it is done. Called for several pages at once, and
   * after a crash again for the same objects.
   */
  work?(slice: PageSlice, hop: HopLimits): Promise<void>;
  /** Counters of a summary for observers. */
  counters?(summary: Summary): Progress;
  /**
   * Writes the result when the whole walk is done, and answers with what is to stand in the walk's record: small JSON.
   * Called again after a crash, and by two at once: it must write the same then, so it takes nothing but its arguments.
   */
  finish(summary: Summary, walk: WalkTarget, scope?: CallScope): Promise<unknown>;
}
