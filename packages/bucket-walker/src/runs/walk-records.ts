import type { Hint } from "./learned-partition.ts";
import type { LogEntry, LogOutline, PartEnding } from "./part-log.ts";
import type { WalkTarget } from "./walk-action.ts";

/** How a walk stands, as its record says. */
export interface WalkRecord extends WalkTarget {
  /** Parts that are at work, and some that may have been about to be. */
  readonly open: readonly string[];
  /** What the action's `finish` answered; only when the walk is over. */
  readonly result?: unknown;
}

/**
 * Keeps the records of walks: one for the walk, and a log for each of its parts. All reads are consistent. A rejection
 * (network, throttling) may or may not have written; whoever meets one gives up its hop, and the next reads first.
 */
export interface WalkRecords {
  /** Creates the record of a walk if there is none, with its first part open; answers with what stands there. */
  open(target: WalkTarget): Promise<WalkRecord>;
  /** How a walk stands. */
  get(walk: string): Promise<WalkRecord | undefined>;
  /** The log of one part, from its first entry. */
  log(walk: string, part: string): Promise<readonly LogEntry[]>;
  /** Adds an entry to a log at an index; `false` if another was written there. */
  append(walk: string, part: string, index: number, entry: LogEntry): Promise<boolean>;
  /** What stands in the logs of all parts, by part. */
  outlines(walk: string): Promise<ReadonlyMap<string, LogOutline>>;
  /** What a part that is done came to. */
  ending(walk: string, part: string, index: number): Promise<PartEnding>;
  /** Makes a part count as open, unless `maxOpen` are. */
  claim(walk: string, part: string, maxOpen: number): Promise<boolean>;
  /** Makes parts no longer count as open. */
  release(walk: string, parts: readonly string[]): Promise<void>;
  /** Notes the result of a walk that is over. */
  finish(walk: string, result: unknown): Promise<void>;
  /** What the last walk of a bucket and prefix learned. */
  hint(bucket: string, prefix: string): Promise<Hint | undefined>;
  keepHint(bucket: string, prefix: string, hint: Hint): Promise<void>;
}
