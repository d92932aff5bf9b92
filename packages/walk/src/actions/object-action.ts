import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { PageFilter } from "../filter/page-filter.ts";
import { compareKeys } from "../listing/key-order.ts";
import { type ListedObject, type ListedPage, objectAt } from "../listing/listed-page.ts";
import type { PageSlice } from "../listing/open-range.ts";
import { type OutputPlace, walkPrefix } from "../report/output-place.ts";
import { controlCall } from "../runs/call-scope.ts";
import type { HopLimits, WalkAction } from "../runs/walk-action.ts";
import { Semaphore } from "../semaphore.ts";
import { ActionFailsError, type ObjectFailure } from "./object-failure.ts";

/** Totals of an action so far. */
export interface ActionSummary {
  /** Objects that passed the filter, those that failed included. */
  objects: number;
  bytes: number;
  failed: number;
  /** The failures whose keys sort first. */
  failures: ObjectFailure[];
  /** The first failure that is not among them; absent if all are. */
  unnamedFrom?: string;
}

type Failures = Readonly<Pick<ActionSummary, "failed" | "unnamedFrom">> & {
  readonly failures: readonly ObjectFailure[];
};

/** Works on objects. Resolves with the failures, when the others are done. */
export type ObjectWork = (objects: readonly ListedObject[], hop: HopLimits) => Promise<readonly ObjectFailure[]>;

/** Options of {@link objectAction}. */
export interface ObjectActionOptions {
  /** Its name, for errors and results. */
  readonly name: string;
  readonly work: ObjectWork;
  /** Objects that are worked on together. Default: those of a page. */
  readonly workKeys?: number | undefined;
  /** Which objects it is done with. */
  readonly passing: PageFilter;
  /** Only counts what would be done. */
  readonly isDryRun: boolean;
  /** Failures that are kept, at most. Default 100. */
  readonly maxFailures?: number;
  readonly client: S3Client;
  readonly output: OutputPlace;
}

/** Result of a walk with an action on objects. */
export interface ActionResult {
  readonly action: string;
  readonly isDryRun: boolean;
  readonly objects: number;
  readonly bytes: number;
  readonly failed: number;
  /** The first few of the failures, by key. */
  readonly failures: readonly ObjectFailure[];
  /** Where the same is written, with more of the failures. */
  readonly summary: { readonly bucket: string; readonly key: string };
}

/** Objects that are accounted for together, at least: so many at most are worked on again after a crash, for each page. */
const LEAST_TOGETHER = 32;

/** Objects that are worked on together where each is worked on by itself, so many at once. */
export function leastTogether(concurrency: number): number {
  return Math.max(LEAST_TOGETHER, concurrency);
}

/** Slices whose objects are being begun with: few, so that most objects that are begun with belong together. */
const SLICES_AT_ONCE = 2;

/** Failures that are kept take at most so many bytes of JSON, so that they fit into a record, whatever the keys. */
const MAX_FAILURE_BYTES = 64 * 1024;

/** Failures that the result names. */
const NAMED_FAILURES = 3;

/** When an action failed for each of so many objects in one invocation, and worked for none, the walk ends. */
const TELLING_FAILURES = 1_000;

/** At its end a walk whose action failed for every object, and for at least so many, has failed itself. */
const TELLING_AT_END = 1;

/** Does something with each object of a walk, and writes at the end a summary as JSON. */
export function objectAction(options: ObjectActionOptions): WalkAction<ActionSummary> {
  const { name, work, workKeys, passing, isDryRun, maxFailures = 100, client, output } = options;
  const starting = new Semaphore(SLICES_AT_ONCE);
  // What the work on a slice came to, until it is accounted for.
  const outcomes = new WeakMap<ListedPage, readonly ObjectFailure[]>();
  const tried = { objects: 0, failed: 0 };
  return {
    empty: () => ({ objects: 0, bytes: 0, failed: 0, failures: [] }),
    account(summary, slice) {
      const { index, count } = passing(slice);
      for (let place = 0; place < count; place++) summary.bytes += slice.page.size(index[place] as number);
      summary.objects += count;
      if (isDryRun || count === 0) return;
      const failures = outcomes.get(slice.page);
      if (failures === undefined) throw new Error(`${name}: a page was accounted for that was not worked on.`);
      addFailures(summary, { failed: failures.length, failures }, maxFailures);
    },
    merge(into, other) {
      into.objects += other.objects;
      into.bytes += other.bytes;
      addFailures(into, other, maxFailures);
    },
    ...(workKeys !== undefined && { workKeys }),
    ...(!isDryRun && {
      async work(slice: PageSlice, hop: HopLimits) {
        const objects = passingObjects(passing, slice);
        await starting.acquire();
        let hasStarted = false;
        const onStarted = () => {
          if (!hasStarted) starting.release();
          hasStarted = true;
          hop.onStarted();
        };
        try {
          hop.signal.throwIfAborted();
          const failures = objects.length === 0 ? [] : await work(objects, { ...hop, onStarted });
          tried.objects += objects.length;
          tried.failed += failures.length;
          endIfNothingWorks(name, { ...tried, failures }, TELLING_FAILURES);
          outcomes.set(slice.page, failures);
        } finally {
          onStarted();
        }
      },
    }),
    counters: ({ failed }) => ({ failed }),
    async finish(summary, walk, scope): Promise<ActionResult> {
      const { objects, bytes, failed } = summary;
      const { bucket } = output;
      const key = `${walkPrefix(output, walk.id)}${name}.json`;
      const what = { version: 1, walk: walk.id, bucket: walk.bucket, prefix: walk.prefix, action: name, isDryRun };
      const json = JSON.stringify({ ...what, ...summary }, undefined, 2);
      const put = { Bucket: bucket, Key: key, ContentType: "application/json", Body: Buffer.from(json) };
      await controlCall(
        "S3 PutObject",
        (abortSignal) => client.send(new PutObjectCommand(put), { abortSignal }),
        scope,
      );
      endIfNothingWorks(name, summary, TELLING_AT_END);
      const failures = summary.failures.slice(0, NAMED_FAILURES);
      return { action: name, isDryRun, objects, bytes, failed, failures, summary: { bucket, key } };
    },
  };
}

function passingObjects(passing: PageFilter, slice: PageSlice): ListedObject[] {
  const { index, count } = passing(slice);
  return Array.from({ length: count }, (_, place) => objectAt(slice.page, index[place] as number));
}

/** @throws ActionFailsError if so many objects were worked on, and each failed. */
function endIfNothingWorks(
  name: string,
  { objects, failed, failures: [first] }: Failures & { readonly objects: number },
  enough: number,
): void {
  if (first !== undefined && failed === objects && failed >= enough) throw new ActionFailsError(name, failed, first);
}

/** Keeps all failures before the first that does not fit, so the result does not depend on how they were divided. */
function addFailures(summary: ActionSummary, other: Failures, max: number): void {
  summary.failed += other.failed;
  const bounds = [summary.unnamedFrom, other.unnamedFrom].filter((key) => key !== undefined);
  const isNamed = ({ key }: ObjectFailure) => bounds.every((bound) => compareKeys(key, bound) < 0);
  const all = [...summary.failures, ...other.failures].filter(isNamed).sort((a, b) => compareKeys(a.key, b.key));
  let bytes = 0;
  const room = all.findIndex((failure, index) => {
    bytes += Buffer.byteLength(JSON.stringify(failure));
    return index >= max || bytes > MAX_FAILURE_BYTES;
  });
  summary.failures = room === -1 ? all : all.slice(0, room);
  const unnamed = room === -1 ? bounds.sort(compareKeys)[0] : all[room]?.key;
  if (unnamed !== undefined) summary.unnamedFrom = unnamed;
}
