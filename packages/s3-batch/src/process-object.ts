import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import { formatOf, gunzip, type RecordBatch, readBatches, startPosition } from "@longhaul/core/records";
import {
  ObjectCache,
  ObjectChangedError,
  type OpenObject,
  openObject,
  type RememberedObject,
  TmpCache,
} from "@longhaul/core/s3";
import type { BatchState } from "./batch-state.ts";
import { pace } from "./pace.ts";
import { abortResults, persistResults, type Result, Results } from "./results.ts";
import type { Settings } from "./settings.ts";
import type { Source } from "./source.ts";
import { namingSource, SourceError } from "./source-error.ts";
import { transform } from "./transform.ts";

/** What a container keeps between hops. */
export interface Container {
  readonly client: S3Client;
  readonly settings: Settings;
  readonly memory: ObjectCache<RememberedObject>;
  readonly tmp: TmpCache;
}

/** What a run answers at its end. */
export interface Summary {
  readonly source: Source;
  readonly records: number;
  readonly rejected: number;
  readonly result: Result;
  readonly rejects?: Result;
}

/** Memory and `/tmp` for copies of objects; made once per container. */
export function makeContainer(client: S3Client, settings: Settings): Container {
  return {
    client,
    settings,
    memory: new ObjectCache({ maxBytes: 32 * 1024 * 1024 }),
    tmp: new TmpCache({ maxBytes: settings.tmpMaxBytes }),
  };
}

/** The state of a run that has not begun. */
export function beginning(source: Source, records = 0): BatchState {
  return { ...source, read: { ...startPosition, record: records }, written: 0, rejected: 0 };
}

/** Works off one object from where the state stands, batch by batch, to one result object. */
export async function* processObject(
  container: Container,
  entry: BatchState,
  context: RunContext<object>,
): AsyncGenerator<BatchState, Summary, void> {
  const { settings } = container;
  const { object, state } = await openUnchanged(container, entry, context);
  const results = await Results.open({ ...container, run: context.run.id, fence: context.run.fence, state });
  context.onPersist(persistResults);
  let at: BatchState = { ...state, etag: object.etag };
  let isDone = false;
  try {
    const keepPace = pace(settings.maxBytesPerSecond, at.read.byte);
    for await (const batch of batchesOf(object, at, settings)) {
      const lines = await transformed(batch, context.signal);
      await results.write(lines.text);
      if (batch.rejected.length > 0) await results.reject(rejectLines(batch));
      at = {
        ...at,
        read: batch.end,
        written: at.written + lines.count,
        rejected: at.rejected + batch.rejected.length,
        ...results.mark(),
      };
      context.progress({ records: at.read.record, rejected: at.rejected, bytes: at.read.byte });
      await keepPace(at.read.byte, context.signal);
      yield at;
    }
    const completed = await results.complete();
    isDone = true;
    const { bucket, key } = at;
    return { source: { bucket, key }, records: at.written, rejected: at.rejected, ...completed };
  } catch (error) {
    throw namingSource(entry, error);
  } finally {
    await results.close();
    await object.close({ remove: isDone });
  }
}

/** Opens the version of the object the run began with; one that was replaced ends the run, or begins it anew. */
async function openUnchanged(
  container: Container,
  state: BatchState,
  context: RunContext<object>,
): Promise<{ object: OpenObject; state: BatchState }> {
  const { client, settings, memory, tmp } = container;
  const { bucket, key, etag } = state;
  const options = { client, bucket, key, memory, tmp, tmpMaxBytes: settings.tmpMaxBytes, signal: context.signal };
  const { gzip } = formatOf(key);
  const decode = gzip
    ? {
        decode: {
          name: "gunzip",
          apply: (source: AsyncIterable<Uint8Array>) => gunzip(source, { name: `s3://${bucket}/${key}` }),
        },
      }
    : {};
  try {
    return { object: await openObject({ ...options, ...decode, etag }), state };
  } catch (error) {
    if (!(error instanceof ObjectChangedError) || settings.onChanged !== "restart") throw error;
    const { id: run, fence } = context.run;
    await abortResults({ ...container, run, fence, state });
    return { object: await openObject({ ...options, ...decode }), state: beginning({ bucket, key }) };
  }
}

function batchesOf(object: OpenObject, state: BatchState, settings: Settings): AsyncGenerator<RecordBatch> {
  const { format, delimiter } = formatOf(state.key, object.contentType, object.contentEncoding);
  if (object.size === 0) throw new SourceError(state, "EMPTY_OBJECT", "the object is empty.");
  return readBatches(object.stream(state.read.byte), {
    format,
    from: state.read,
    maxRecords: settings.batchSize,
    maxRecordBytes: settings.maxRecordBytes,
    onBrokenRecord: settings.onBrokenRecord,
    ...(object.streamBytes !== undefined && { totalBytes: object.streamBytes }),
    ...(delimiter !== undefined && { csv: { delimiter } }),
  });
}

async function transformed(batch: RecordBatch, signal: AbortSignal): Promise<{ text: string; count: number }> {
  let text = "";
  let count = 0;
  for (let i = 0; i < batch.records; i++) {
    const answer = transform(batch.json(i), { record: batch.start.record + i, signal });
    const value = answer instanceof Promise ? await answer : answer;
    if (value === undefined) continue;
    text += `${JSON.stringify(value)}\n`;
    count++;
  }
  return { text, count };
}

function rejectLines(batch: RecordBatch): string {
  return batch.rejected
    .map(({ record, byte, bytes, reason, error }) =>
      JSON.stringify({ record, byte, reason, message: error.message, text: Buffer.from(bytes).toString("utf8") }),
    )
    .map((line) => `${line}\n`)
    .join("");
}
