import type { KeyRange } from "../walk/key-range.ts";
import { type ListAfter, Walk } from "../walk/walk.ts";
import { MAX_ENTRY_BYTES } from "./fitting-entry.ts";
import { joinWalk, type PartResult } from "./join-walk.ts";
import { learn, pointAt } from "./learned-partition.ts";
import { Pace } from "./pace.ts";
import { PartBook } from "./part-book.ts";
import type { PartState } from "./part-state.ts";
import { subtractRanges } from "./subtract-ranges.ts";
import type { WalkAction, WalkTarget } from "./walk-action.ts";
import type { WalkRecords } from "./walk-records.ts";

/** How a walk is spread. */
export interface WalkSettings {
  /** Runs that are at work at once, at most. Default 8. */
  readonly maxRuns: number;
  /** List requests of one run at once, at most. Default 64. */
  readonly concurrency: number;
  /** A run that expects to take longer gives half of what it has left to another, in milliseconds. Default 5,000. */
  readonly giveAboveMs: number;
  /** Keys of a full page. Default 1,000, the most that S3 gives. */
  readonly pageKeys: number;
}

/** What a part of a walk works with. */
export interface PartWork<Summary> {
  readonly target: WalkTarget;
  readonly part: string;
  readonly action: WalkAction<Summary>;
  readonly records: WalkRecords;
  readonly list: ListAfter;
  readonly settings: WalkSettings;
  readonly now: () => number;
  /** Sees to it that the run of a child begins sometime, whatever becomes of this one. May be called again. */
  readonly startChild: (child: string) => Promise<void>;
  readonly signal: AbortSignal;
  /** Takes what completes the yielded state. */
  readonly onPersist: (persist: () => PartState<Summary>) => void;
  readonly progress: (counters: { readonly keys: number; readonly requests: number; readonly given: number }) => void;
}

/**
 * One hop of a part: walks what is the part's, gives away what would take too long, and joins the walk if it is the last.
 * A yielded state is only a mark; what is saved is the moment at which it is saved. Why each object is counted once:
 * docs/walk-protocol.md.
 */
export async function* walkPart<Summary>(
  state: PartState<Summary>,
  work: PartWork<Summary>,
): AsyncGenerator<PartState<Summary>, PartResult, void> {
  const book = await PartBook.open(work.records, work.target.id, work.part);
  if (!book.isDone) yield* walkRanges(state, book, work);
  return joinWalk(work);
}

async function* walkRanges<Summary>(
  state: PartState<Summary>,
  book: PartBook,
  work: PartWork<Summary>,
): AsyncGenerator<PartState<Summary>, void, void> {
  const { records, target, action, settings, list, signal, now, startChild } = work;
  const { concurrency, pageKeys, maxRuns, giveAboveMs } = settings;
  await Promise.all(book.children.map(startChild));
  const summary = structuredClone(state.summary);
  let learned = state.learned;
  /** Out of the walk, and not known to be written down as given. */
  let leaving: readonly KeyRange[] = [];
  let keys = 0;

  const walk = new Walk({
    list,
    ranges: subtractRanges(state.ranges, book.given),
    concurrency,
    pageKeys,
    signal,
    work: action.work?.bind(action),
    account(slice) {
      if (slice.count === 0) return;
      action.account(summary, slice);
      learned = learn(learned, [pointAt(slice.page.key(slice.count - 1), slice.count)]);
      keys += slice.count;
    },
  });
  work.onPersist(() => ({ ranges: [...walk.ranges(), ...leaving], summary: structuredClone(summary), learned }));

  async function give(): Promise<void> {
    const child = book.nextChild;
    if (!(await records.claim(target.id, child, maxRuns))) return;
    leaving = walk.giveAway(MAX_ENTRY_BYTES);
    if (leaving.length === 0) return records.release(target.id, [child]);
    await book.give(leaving);
    leaving = [];
    await startChild(child);
  }

  const report = () => work.progress({ keys, requests: walk.counts.requests, given: book.children.length });
  const pace = new Pace(giveAboveMs, now);
  try {
    while (await walk.advance()) {
      if (pace.isTooLong(keys, walk.remainingKeys)) await give();
      report();
      yield state;
    }
    report();
  } finally {
    walk.stop();
  }
  await book.finish({ summary: JSON.stringify(summary), learned });
}
