import type { CallScope } from "./call-scope.ts";
import { hintOf, type LearnedPoint, learn } from "./learned-partition.ts";
import { type PartEnding, partsIfAllDone } from "./part-log.ts";
import type { WalkAction, WalkTarget } from "./walk-action.ts";
import type { WalkRecords } from "./walk-records.ts";

/** Result of the run of a part. */
export interface PartResult {
  readonly walk: string;
  readonly part: string;
  /** Whether it was the last, and so joined the walk. */
  readonly isLast: boolean;
  /** The answer of the action's `finish`, for the last part. */
  readonly result?: unknown;
}

/** Options of {@link joinWalk}. */
export interface JoinWork<Summary> {
  readonly target: WalkTarget;
  readonly part: string;
  readonly action: WalkAction<Summary>;
  readonly records: WalkRecords;
  readonly scope?: CallScope | undefined;
}

/** Summaries read at once. */
const READ_AT_ONCE = 16;

/**
 * Ends the walk if the part, which is done, is the last one. Each part writes that it is done before it looks at the
 * others, so at least one sees all of them done; two that do write the same.
 */
export async function joinWalk<Summary>({
  target,
  part,
  action,
  records,
  scope,
}: JoinWork<Summary>): Promise<PartResult> {
  const walk = target.id;
  await records.release(walk, [part]);
  const outlines = await records.outlines(walk);
  const parts = partsIfAllDone(outlines);
  if (parts === undefined) return { walk, part, isLast: false };
  const summary = action.empty();
  let learned: readonly LearnedPoint[] = [];
  for (let at = 0; at < parts.length; at += READ_AT_ONCE) {
    const endings: readonly PartEnding[] = await Promise.all(
      parts
        .slice(at, at + READ_AT_ONCE)
        .map((done) => records.ending(walk, done, (outlines.get(done)?.length ?? 0) - 1)),
    );
    for (const ending of endings) {
      action.merge(summary, JSON.parse(ending.summary) as Summary);
      learned = learn(learned, ending.learned);
    }
  }
  const result = await action.finish(summary, target, scope);
  await records.keepHint(target.bucket, target.prefix, hintOf(learned));
  await records.finish(walk, result);
  return { walk, part, isLast: true, result };
}
