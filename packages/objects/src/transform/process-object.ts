import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import { Outbox } from "@longhaul/core/parts";
import { ObjectCache } from "../cache/object-cache.ts";
import { TmpCache } from "../cache/tmp-cache.ts";
import { ObjectChangedError } from "../object/errors.ts";
import { warmTails } from "../object/open-output.ts";
import type { OpenObject } from "../object/opened-object.ts";
import { pace } from "../records/pace.ts";
import { startPosition } from "../records/position.ts";
import type { BatchState, DiscardedOutputs, EntryState } from "./batch-state.ts";
import { CarefulSteps } from "./caution.ts";
import { LineBuffer } from "./line-buffer.ts";
import { batchesOf, openSource, type SourceAccess } from "./open-source.ts";
import { rejectLines } from "./rejects.ts";
import {
  discardedOf,
  discardOutputs,
  persistResults,
  type ResultAccess,
  type ResultObject,
  Results,
} from "./results.ts";
import type { TransformSettings } from "./settings.ts";
import { type Source, uriOf } from "./source.ts";
import { namingSource } from "./source-error.ts";
import type { Transform } from "./transform.ts";
import { transformBatch } from "./transform-batch.ts";

/** The parts that a function instance keeps between hops. Runs that share the instance share it safely. */
export interface Container extends SourceAccess, ResultAccess {
  readonly transform: Transform;
}

/** The answer of a run that worked an object off. */
export interface TransformSummary {
  readonly source: Source;
  /** Records of the source, those that were rejected included. */
  readonly records: number;
  /** Records of the result: fewer if `transform` left some out. */
  readonly written: number;
  readonly rejected: number;
  /** A remark about the run: the object has bytes and no records. */
  readonly notice?: string;
  readonly result: ResultObject;
  readonly rejects?: ResultObject;
}

const MIB = 1024 * 1024;

/** Memory and `/tmp` for copies of objects; made once per container. */
export function makeContainer(client: S3Client, settings: TransformSettings, transform: Transform): Container {
  return {
    client,
    settings,
    transform,
    memory: new ObjectCache({ maxBytes: 32 * MIB }),
    tmp: new TmpCache({ maxBytes: settings.tmpMaxBytes }),
    tails: warmTails(8 * MIB),
  };
}

/** The state of a run that has not begun, or that a handler began which only counts records. */
export function beginning({ bucket, key }: Source, records = 0): BatchState {
  return { bucket, key, read: { ...startPosition, record: records }, written: 0, rejected: 0 };
}

/**
 * Works off one object from the place in the state, batch by batch, into one result object. If the object is replaced
 * meanwhile, the run fails or, under `onChanged: "restart"`, gives up what it wrote and begins with the new version.
 *
 * @throws errors with a stable `code` that name the object and, where there is one, the record.
 */
export async function* processObject(
  container: Container,
  entry: BatchState,
  context: RunContext<object, EntryState>,
): AsyncGenerator<BatchState, TransformSummary, void> {
  let state = entry;
  const outbox = new Outbox<DiscardedOutputs>({
    carried: entry.discard,
    isSaved: context.run.isRecorded && !context.run.isRewindable,
    perform: (discarded, signal) => discardOutputs(container, context, state, discarded, signal),
  });
  void outbox.resume();
  let isDone = false;
  try {
    for (;;) {
      const end = yield* processVersion(container, state, context, outbox);
      if (end.status === "done") {
        isDone = true;
        return end.summary;
      }
      outbox.add(end.discarded);
      state = { ...beginning(entry), restarts: end.discarded.restarts + 1 };
      yield { ...state, discard: outbox.items };
    }
  } catch (error) {
    throw namingSource(uriOf(entry), error);
  } finally {
    // What was not deleted yet is in the state, for the next hop; at the end of the run, onSaved deletes it.
    if (!isDone) await outbox.close();
  }
}

type VersionEnd =
  | { readonly status: "done"; readonly summary: TransformSummary }
  /** The object was replaced, and the run is to begin anew. */
  | { readonly status: "replaced"; readonly discarded: DiscardedOutputs };

/** Works off the version of the object that the state names, or the current one if it names none. */
async function* processVersion(
  container: Container,
  state: BatchState,
  context: RunContext<object, EntryState>,
  outbox: Outbox<DiscardedOutputs>,
): AsyncGenerator<BatchState, VersionEnd, void> {
  const { settings } = container;
  const { signal } = context;
  const { bucket, key } = state;
  let results: Results | undefined;
  let object: OpenObject | undefined;
  let isDone = false;
  try {
    // Before the outputs: those of a version that was replaced are not needed any more, and may be gone.
    object = await openSource(container, state, context);
    const { etag } = object;
    results = await Results.open(container, context, state);
    const written = results;
    context.onPersist(async (saved, reason) => (typeof saved === "number" ? saved : persistResults(saved, reason)));
    let savedUpTo = -1;
    context.onSaved(async (saved) => {
      if (typeof saved === "object") savedUpTo = saved.read.byte;
      // The run may begin again at a state that refers to what this one does not.
      if (context.run.isRewindable) return;
      // Beside the work; at the end of the run there is nothing else to do.
      const discarding = outbox.flush(typeof saved === "number" ? [] : saved && (saved.discard ?? []));
      if (saved === undefined) await Promise.all([written.removeTails(), discarding]);
    });
    const info = { object: uriOf(state), etag, signal };
    const { killers = 0 } = state;
    const isLooking = settings.onKillingRecord === "skip" && context.run.isRecorded && killers < MAX_KILLERS;
    const careful = isLooking
      ? new CarefulSteps(state.caution, context.run.deaths, settings.batchSize)
      : new CarefulSteps(undefined, 0, settings.batchSize);
    const how = {
      timeoutMs: settings.recordTimeoutMs,
      host: container.host,
      skipsHanging: settings.onBrokenRecord === "skip",
      buffer: new LineBuffer(),
      careful,
    };
    const keepPace = pace(settings.maxBytesPerSecond, state.read.byte);
    /** How long this hop waited so as not to be faster than it is allowed to be. */
    let pausedMs = 0;
    const { discard: _, caution: __, ...begun } = state;
    let at: BatchState = { ...begun, etag, ...(!object.keepsDecoded && { keepsDecoded: false }) };
    for await (const batch of batchesOf(object, at, settings)) {
      for await (const { lines, written, rejected, end } of transformBatch(batch, container.transform, info, how)) {
        await results.write(lines);
        if (rejected.length > 0) await results.reject(rejectLines(rejected));
        const found = rejected.filter(({ reason }) => reason === "killed-its-hops").length;
        at = {
          ...at,
          ...(found > 0 && { killers: killers + found }),
          read: end,
          written: at.written + written,
          rejected: at.rejected + rejected.length,
          ...results.mark(),
        };
        const reachedMs = performance.now();
        await keepPace(end.byte, signal);
        pausedMs += performance.now() - reachedMs;
        const counters = { records: end.record, rejected: at.rejected, bytes: end.byte };
        context.progress(pausedMs < 1 ? counters : { ...counters, pausedMs: Math.round(pausedMs) });
        const { items } = outbox;
        const mustBeSaved = careful.areOn;
        const caution = careful.step();
        const next = { ...at, ...(caution && { caution }), ...(items.length > 0 && { discard: items }) };
        if (mustBeSaved) yield* untilSaved(next, context, () => savedUpTo >= end.byte);
        else yield next;
      }
    }
    const completed = await results.complete();
    isDone = true;
    const summary = {
      source: { bucket, key },
      records: at.read.record,
      written: at.written,
      rejected: at.rejected,
      ...(at.read.record === 0 && { notice: `The object has ${object.size} bytes and no records.` }),
    };
    return { status: "done", summary: { ...summary, ...completed } };
  } catch (error) {
    if (!isRestart(settings, error)) throw error;
    return { status: "replaced", discarded: discardedOf(state, results) };
  } finally {
    // What fails here must neither hide an error nor undo a success: the result is complete, or its state is saved.
    await Promise.allSettled([results?.close(), object?.close({ remove: isDone })]);
  }
}

/** Data records of one run that may kill their hops. With more of them it is not the records that are to blame. */
const MAX_KILLERS = 10;

/** Yields a state until it is saved, so that a death after it has to do with what comes next alone. */
function* untilSaved(
  state: BatchState,
  context: Pick<RunContext<object>, "saveNext">,
  isSaved: () => boolean,
): Generator<BatchState, void, void> {
  do {
    context.saveNext();
    yield state;
  } while (!isSaved());
}

function isRestart({ onChanged }: TransformSettings, error: unknown): boolean {
  return onChanged === "restart" && error instanceof ObjectChangedError;
}
