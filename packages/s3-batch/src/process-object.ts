import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import { pace, startPosition } from "@longhaul/core/records";
import { ObjectCache, ObjectChangedError, type OpenObject, TmpCache, warmTails } from "@longhaul/core/s3";
import type { BatchState } from "./batch-state.ts";
import { LineBuffer } from "./line-buffer.ts";
import { batchesOf, openSource, type SourceAccess } from "./open-source.ts";
import { rejectLines } from "./rejects.ts";
import { persistResults, type Result, type ResultAccess, Results } from "./results.ts";
import type { Settings } from "./settings.ts";
import { type Source, uriOf } from "./source.ts";
import { namingSource } from "./source-error.ts";
import { transform } from "./transform.ts";
import { transformBatch } from "./transform-batch.ts";

/** What a container keeps between hops. Runs that share the container share it safely. */
export interface Container extends SourceAccess, ResultAccess {}

/** What a run answers at its end. */
export interface Summary {
  readonly source: Source;
  /** Records of the source, those that were rejected included. */
  readonly records: number;
  /** Records of the result: fewer if `transform` left some out. */
  readonly written: number;
  readonly rejected: number;
  readonly result: Result;
  readonly rejects?: Result;
}

const MIB = 1024 * 1024;

/** Memory and `/tmp` for copies of objects; made once per container. */
export function makeContainer(client: S3Client, settings: Settings): Container {
  return {
    client,
    settings,
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
 * Works off one object from where the state stands, batch by batch, to one result object. If the object is replaced
 * meanwhile, the run fails or, under `onChanged: "restart"`, gives up what it wrote and begins with the new version.
 *
 * @throws errors with a stable `code` that name the object and, where there is one, the record.
 */
export async function* processObject(
  container: Container,
  entry: BatchState,
  context: RunContext<object>,
): AsyncGenerator<BatchState, Summary, void> {
  let state = entry;
  for (;;) {
    try {
      return yield* processVersion(container, state, context);
    } catch (error) {
      if (!isRestart(container.settings, error)) throw namingSource(uriOf(entry), error);
      state = beginning(entry);
      yield state;
    }
  }
}

/** Works off the version of the object that the state names, or the current one if it names none. */
async function* processVersion(
  container: Container,
  state: BatchState,
  context: RunContext<object>,
): AsyncGenerator<BatchState, Summary, void> {
  const { settings } = container;
  const { signal } = context;
  const { bucket, key } = state;
  const results = await Results.open(container, context.run, state);
  let object: OpenObject | undefined;
  let isDone = false;
  try {
    object = await openSource(container, state, context);
    context.onPersist(persistResults);
    const { etag } = object;
    const info = { object: uriOf(state), etag, signal };
    const buffer = new LineBuffer();
    const keepPace = pace(settings.maxBytesPerSecond, state.read.byte);
    let at: BatchState = { ...state, etag, ...(!object.keepsDecoded && { keepsDecoded: false }) };
    for await (const batch of batchesOf(object, at, settings)) {
      for await (const { lines, written, rejected, end } of transformBatch(batch, transform, info, buffer)) {
        await results.write(lines);
        if (rejected.length > 0) await results.reject(rejectLines(rejected));
        at = {
          ...at,
          read: end,
          written: at.written + written,
          rejected: at.rejected + rejected.length,
          ...results.mark(),
        };
        context.progress({ records: end.record, rejected: at.rejected, bytes: end.byte });
        await keepPace(end.byte, signal);
        yield at;
      }
    }
    const completed = await results.complete();
    isDone = true;
    const { read, written, rejected } = at;
    return { source: { bucket, key }, records: read.record, written, rejected, ...completed };
  } catch (error) {
    if (isRestart(settings, error)) await results.abort();
    throw error;
  } finally {
    // What fails here must neither hide an error nor undo a success: the result is complete, or its state is saved.
    await Promise.allSettled([results.close(), object?.close({ remove: isDone })]);
  }
}

function isRestart({ onChanged }: Settings, error: unknown): boolean {
  return onChanged === "restart" && error instanceof ObjectChangedError;
}
