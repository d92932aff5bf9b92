import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { Sieve } from "../filter/passing-objects.ts";
import { type OutputPlace, walkPrefix } from "../report/output-place.ts";
import type { WalkAction } from "../runs/walk-action.ts";
import { compareKeys } from "../walk/key-order.ts";
import { type ListedObject, type ListedPage, objectAt } from "../walk/listed-page.ts";
import type { PageSlice } from "../walk/walk-plan.ts";
import { ActionFailsError, type ObjectFailure } from "./object-failure.ts";
import { Slots } from "./slots.ts";

/** What an action came to so far. */
export interface ActionSummary {
  /** Objects that passed the filter, those that failed included. */
  objects: number;
  bytes: number;
  failed: number;
  /** The failures whose keys sort first. */
  failures: ObjectFailure[];
}

/** What is done with objects: each is done with, or among the failures, when it resolves. */
export type ObjectWork = (objects: readonly ListedObject[], signal: AbortSignal) => Promise<readonly ObjectFailure[]>;

/** What an action on objects is made of. */
export interface ObjectActionOptions {
  /** Its name, for errors and results. */
  readonly name: string;
  readonly work: ObjectWork;
  /** Which objects it is done with. */
  readonly sieve: Sieve;
  /** Only counts what would be done. */
  readonly isDryRun: boolean;
  /** Failures that are kept. Default 100. */
  readonly maxFailures?: number;
  readonly client: S3Client;
  readonly output: OutputPlace;
}

/** What a walk with an action on objects answers. */
export interface ActionResult {
  readonly action: string;
  readonly isDryRun: boolean;
  readonly objects: number;
  readonly bytes: number;
  readonly failed: number;
  /** Where all this stands, with the failures. */
  readonly summary: { readonly bucket: string; readonly key: string };
}

/** The second keeps the slots busy while the first comes to its end. */
const PAGES_AT_ONCE = 2;

/** A page on which everything failed ends the walk, unless it is this short. */
const MIN_TELLING_PAGE = 10;

/** Does something with each object of a walk, and writes at the end a summary as JSON. */
export function objectAction(options: ObjectActionOptions): WalkAction<ActionSummary> {
  const { name, work, sieve, isDryRun, maxFailures = 100, client, output } = options;
  // Few pages at a time, so that one is done with before time is up: its objects count as done only together.
  const pages = new Slots(PAGES_AT_ONCE);
  // What the work on a page came to, until the page is accounted for.
  const outcomes = new WeakMap<ListedPage, readonly ObjectFailure[]>();
  return {
    empty: () => ({ objects: 0, bytes: 0, failed: 0, failures: [] }),
    account(summary, slice) {
      const { index, count } = sieve(slice);
      for (let place = 0; place < count; place++) summary.bytes += slice.page.size(index[place] as number);
      summary.objects += count;
      if (isDryRun || count === 0) return;
      const failures = outcomes.get(slice.page);
      if (failures === undefined) throw new Error(`${name}: a page was accounted for that was not worked on.`);
      addFailures(summary, failures.length, failures, maxFailures);
    },
    merge(into, other) {
      into.objects += other.objects;
      into.bytes += other.bytes;
      addFailures(into, other.failed, other.failures, maxFailures);
    },
    ...(!isDryRun && {
      async work(slice: PageSlice, signal: AbortSignal) {
        const objects = passingObjects(sieve, slice);
        await pages.take();
        try {
          signal.throwIfAborted();
          const failures = objects.length === 0 ? [] : await work(objects, signal);
          const [first] = failures;
          if (first && failures.length === objects.length && objects.length >= MIN_TELLING_PAGE) {
            throw new ActionFailsError(name, objects.length, first);
          }
          outcomes.set(slice.page, failures);
        } finally {
          pages.giveBack();
        }
      },
    }),
    async finish(summary, walk): Promise<ActionResult> {
      const { objects, bytes, failed } = summary;
      const { bucket } = output;
      const key = `${walkPrefix(output, walk.id)}${name}.json`;
      const what = { version: 1, walk: walk.id, bucket: walk.bucket, prefix: walk.prefix, action: name, isDryRun };
      const json = JSON.stringify({ ...what, ...summary }, undefined, 2);
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: key, ContentType: "application/json", Body: Buffer.from(json) }),
      );
      return { action: name, isDryRun, objects, bytes, failed, summary: { bucket, key } };
    },
  };
}

function passingObjects(sieve: Sieve, slice: PageSlice): ListedObject[] {
  const { index, count } = sieve(slice);
  return Array.from({ length: count }, (_, place) => objectAt(slice.page, index[place] as number));
}

function addFailures(summary: ActionSummary, failed: number, failures: readonly ObjectFailure[], max: number): void {
  summary.failed += failed;
  if (failures.length === 0) return;
  summary.failures = [...summary.failures, ...failures].sort((a, b) => compareKeys(a.key, b.key)).slice(0, max);
}
