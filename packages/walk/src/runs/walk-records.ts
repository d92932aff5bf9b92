import type { CallScope } from "./call-scope.ts";
import type { SummarySpill } from "./fitting-entry.ts";
import type { Hint } from "./learned-partition.ts";
import type { LogEntry, LogOutline, PartEnding } from "./part-log.ts";
import type { WalkTarget } from "./walk-action.ts";

/** The state of a walk, as its record says. */
export interface WalkRecord extends WalkTarget {
  /** Parts that are at work, and some that may have been about to be. */
  readonly open: readonly string[];
  /** The answer of the action's `finish`; only when the walk is over. */
  readonly result?: unknown;
}

/**
 * Keeps the records of walks: one for the walk, and a log for each of its parts. All reads are consistent. A rejection
 * (network, throttling) may or may not have written; a hop that meets one gives up, and the next reads first.
 */
export interface WalkRecords {
  /** Creates the record of a walk if there is none, with its first part open; answers with the record there is. */
  open(target: WalkTarget): Promise<WalkRecord>;
  /** The record of a walk. */
  get(walk: string): Promise<WalkRecord | undefined>;
  /** The log of one part, from its first entry. */
  log(walk: string, part: string): Promise<readonly LogEntry[]>;
  /** Adds an entry to a log at an index; `false` if another was written there. */
  append(walk: string, part: string, index: number, entry: LogEntry): Promise<boolean>;
  /** Outlines of the logs of all parts, by part. */
  outlines(walk: string): Promise<ReadonlyMap<string, LogOutline>>;
  /** Result of a part that is done. */
  ending(walk: string, part: string, index: number): Promise<PartEnding>;
  /** Makes a part count as open, unless `maxOpen` are. */
  claim(walk: string, part: string, maxOpen: number): Promise<boolean>;
  /** Makes parts no longer count as open. */
  release(walk: string, parts: readonly string[]): Promise<void>;
  /** Notes the result of a walk that is over. */
  finish(walk: string, result: unknown): Promise<void>;
  /** The hint that the last walk of a bucket and prefix left. */
  hint(bucket: string, prefix: string): Promise<Hint | undefined>;
  keepHint(bucket: string, prefix: string, hint: Hint): Promise<void>;
}

/** Limits that the calls to the records of walks share, in one invocation. */
export interface WalkRecordsCalls {
  /** Time for calls, and what ends them. Default: five tries of five seconds each. */
  readonly scope?: CallScope | undefined;
  /** Where summaries go that are too large for a record. */
  readonly spill?: SummarySpill | undefined;
}

/** Gives access to the records of walks, for the calls of one invocation. `dynamodbWalkRecords()` makes one. */
export type WalkRecordsSource = (calls?: WalkRecordsCalls) => WalkRecords;
