import type { Host, Progress } from "@longhaul/core/parts";
import { type ListAfter, type PageWork, Walk } from "../listing/walk.ts";
import type { CallScope } from "./call-scope.ts";
import { Giving } from "./giving.ts";
import { joinWalk, type PartResult } from "./join-walk.ts";
import { learn, pointAt } from "./learned-partition.ts";
import { Pace } from "./pace.ts";
import { PartBook } from "./part-book.ts";
import type { PartState } from "./part-state.ts";
import { subtractRanges } from "./subtract-ranges.ts";
import type { WalkAction, WalkTarget } from "./walk-action.ts";
import type { WalkRecords } from "./walk-records.ts";

/** How a walk is spread. */
export interface SpreadSettings {
  /** Runs that are at work at once, at most. Default 8. */
  readonly maxRuns: number;
  /** List requests of one run at once, at most. Default 64. */
  readonly concurrency: number;
  /** A run that expects to take longer gives half of what it has left to another, in milliseconds. Default 5,000. */
  readonly giveAboveMs: number;
  /** Keys of a full page. Default 1,000, the most that S3 gives. */
  readonly pageKeys: number;
}

/** Options of {@link walkPart}. */
export interface PartWork<Summary> {
  readonly target: WalkTarget;
  readonly part: string;
  /** Fencing token of the hop's attempt. */
  readonly token: number;
  readonly action: WalkAction<Summary>;
  readonly records: WalkRecords;
  readonly list: ListAfter;
  readonly settings: SpreadSettings;
  readonly host: Pick<Host, "now" | "timer" | "random">;
  /** Ensures that the run of a child begins eventually, even if this one dies. May be called again. */
  readonly startChild: (child: string) => Promise<void>;
  readonly signal: AbortSignal;
  /** Time for work that this hop has, in milliseconds. */
  readonly usableMs: number;
  /** Calls of this hop. */
  readonly scope?: CallScope | undefined;
  /** Takes what completes the yielded state. */
  readonly onPersist: (persist: () => PartState<Summary>) => void;
  readonly progress: (counters: PartProgress) => void;
}

/** Counters of one hop of a part so far. */
export interface PartProgress {
  readonly keys: number;
  readonly requests: number;
  /** Requests that were not answered with a page: they are made again. */
  readonly failedRequests: number;
  /** Parts that were made of this one. */
  readonly given: number;
  /** Counters of the action. */
  readonly ofAction: Progress;
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
  const book = await PartBook.open(work.records, work.target.id, work.part, work.token);
  if (!book.isDone) yield* walkRanges(state, book, work);
  return joinWalk(work);
}

async function* walkRanges<Summary>(
  state: PartState<Summary>,
  book: PartBook,
  work: PartWork<Summary>,
): AsyncGenerator<PartState<Summary>, void, void> {
  const { records, target, action, settings, list, signal, usableMs, host, startChild } = work;
  const { concurrency, pageKeys, maxRuns, giveAboveMs } = settings;
  const summary = structuredClone(state.summary);
  let learned = state.learned;
  let keys = 0;

  const pageWork: PageWork = async (slice, ended, onStarted) =>
    action.work?.(slice, { signal: ended, usableMs, onStarted });
  const walk = new Walk({
    list,
    ranges: subtractRanges(state.ranges, book.given),
    concurrency,
    pageKeys,
    signal,
    host,
    work: action.work && pageWork,
    workKeys: action.workKeys,
    account(slice) {
      if (slice.count === 0) return;
      action.account(summary, slice);
      learned = learn(learned, [pointAt(slice.page.key(slice.count - 1), slice.count)]);
      keys += slice.count;
    },
  });
  const giving = new Giving({ walkId: target.id, maxRuns, book, records, walk, startChild });
  work.onPersist(() => ({ ranges: [...walk.ranges(), ...giving.leaving], summary: structuredClone(summary), learned }));

  const report = () => {
    const { requests, failed: failedRequests } = walk.counts;
    const ofAction = action.counters?.(summary) ?? {};
    work.progress({ keys, requests, failedRequests, given: book.children.length, ofAction });
  };
  const pace = new Pace(giveAboveMs, host.now);
  giving.start(book.children);
  try {
    while (await walk.advance()) {
      if (pace.isTooLong(keys, walk.remainingKeys)) giving.give();
      giving.check();
      report();
      yield state;
    }
    report();
    await giving.settled();
  } finally {
    walk.stop();
  }
  await book.finish({ summary: JSON.stringify(summary), learned });
}
