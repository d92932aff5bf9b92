import type { S3Client } from "@aws-sdk/client-s3";
import { FencedError, HopEndingError, LonghaulError, type RunContext, type StandardSchema } from "@longhaul/core";
import { CallTimeoutError } from "@longhaul/core/errors";
import type { UploadedObject } from "@longhaul/core/news";
import { type CallTuning, IdleLimit } from "@longhaul/core/parts";
import type { TmpCache } from "../cache/tmp-cache.ts";
import type { TmpObject } from "../cache/tmp-names.ts";
import { ObjectChangedError } from "../object/errors.ts";
import { openObject } from "../object/open-object.ts";
import type { OpenObject } from "../object/opened-object.ts";
import { formatOf } from "../records/format.ts";
import { gunzip } from "../records/gunzip.ts";
import { pace } from "../records/pace.ts";
import { readBatches } from "../records/read-batches.ts";
import type { LoadState } from "./load-state.ts";
import type { RecordStore } from "./record-store.ts";
import type { RecordsSettings } from "./settings.ts";
import { validRecords } from "./valid-records.ts";

/** The parts that a function instance keeps between hops. Runs that share the instance share it safely. */
export interface Loader {
  readonly s3: S3Client;
  readonly tmp: TmpCache;
  readonly schema: StandardSchema<object>;
  readonly store: RecordStore;
  /** Time and chance of calls. Default: the machine's. */
  readonly host?: CallTuning["host"];
  readonly settings: RecordsSettings;
}

/** The answer of a run. */
export type LoadResult =
  | {
      readonly status: "loaded";
      readonly records: number;
      readonly skipped: number;
      /** A remark about the file: it has bytes and no records. */
      readonly notice?: string;
    }
  /** The file was replaced; the news of the new one begins a run of its own. */
  | { readonly status: "superseded"; readonly records: number }
  /** The file cannot be loaded, however often it is tried. */
  | { readonly status: "rejected"; readonly code: string; readonly message: string };

/**
 * Loads one file into the table, batch by batch, from the place in the state. The file is kept in `/tmp` for the next hop,
 * and removed at the end, whatever the end is.
 *
 * @throws what may pass: the hop fails then, and is tried again.
 */
export async function* loadFile(
  loader: Loader,
  file: UploadedObject,
  state: LoadState,
  context: Pick<RunContext<object>, "run" | "signal" | "budget" | "progress">,
): AsyncGenerator<LoadState, LoadResult, void> {
  const { settings, schema, store, host } = loader;
  const { run, budget, progress } = context;
  // A file that gets nowhere holds up the others of its invocation, whose messages are answered together.
  const stall = new IdleLimit({ name: STEP, idleMs: settings.stallTimeoutMs, signal: context.signal, host });
  const { signal } = stall;
  // The signal ends calls at the reserve, and the run is handed off.
  let trouble: unknown;
  const calls: CallTuning = {
    host,
    budgetMs: () => budget.remainingMs,
    onRetry(error) {
      trouble = error;
    },
  };
  let at = state;
  let object: OpenObject | undefined;
  // A hop that hands off leaves here through `finally` alone.
  let isOver = false;
  try {
    object = await open(loader, file, state.etag ?? file.etag, signal, calls);
    at = { ...at, etag: object.etag };
    const keepPace = pace(settings.maxRecordsPerSecond, at.read.record);
    for await (const batch of batchesOf(object, file, at, settings)) {
      const { records, skipped } = await validRecords(batch, settings.onInvalid, {
        schema,
        maxBytes: store.maxRecordBytes,
        timeoutMs: settings.recordTimeoutMs,
        signal,
        host,
      });
      run.fence.assert();
      await store(records, { run: run.id, file, signal, fence: run.fence, calls });
      at = { ...at, read: batch.end, skipped: at.skipped + skipped + batch.rejected.length };
      stall.hold();
      await keepPace(at.read.record, signal);
      progress({ records: at.read.record, skipped: at.skipped });
      yield at;
      stall.unhold();
    }
    isOver = true;
    const { record: records } = at.read;
    const isOdd = records === 0 && object.size > 0;
    const notice = isOdd && { notice: `The file has ${object.size} bytes and no records.` };
    return { status: "loaded", records, skipped: at.skipped, ...notice };
  } catch (error) {
    if (error instanceof HopEndingError || error instanceof FencedError || context.signal.aborted) throw error;
    isOver = true;
    if (error instanceof CallTimeoutError && error.call === STEP)
      throw new FileStalledError(settings.stallTimeoutMs, trouble);
    if (error instanceof ObjectChangedError) return { status: "superseded", records: at.read.record };
    if (!(error instanceof LonghaulError) || !forGood.has(error.code)) throw error;
    return { status: "rejected", code: error.code, message: error.message.slice(0, 1_000) };
  } finally {
    stall.close();
    const isGone = isOver && object === undefined && at.etag !== undefined;
    // What fails here must not hide how the run went.
    await Promise.allSettled([
      object?.close({ remove: isOver }),
      ...(isGone ? dropCopies(loader.tmp, { ...file, etag: at.etag ?? "" }) : []),
    ]);
  }
}

function open(
  loader: Loader,
  file: UploadedObject,
  etag: string | undefined,
  signal: AbortSignal,
  calls: CallTuning,
): Promise<OpenObject> {
  const { bucket, key } = file;
  return openObject({
    client: loader.s3,
    bucket,
    key,
    etag,
    tmp: loader.tmp,
    tmpMaxBytes: loader.settings.tmpMaxBytes,
    signal,
    calls,
    // A file of no bytes is a file of no records, whatever its format.
    decode({ size, contentType, contentEncoding }) {
      if (size === 0) return undefined;
      const { gzip, gzipSign: sign } = formatOf(key, contentType, contentEncoding, loader.settings.format);
      return gzip ? { name: GUNZIP, apply: (source) => gunzip(source, { name: key, sign }) } : undefined;
    },
  });
}

/** Removes what earlier hops kept of a version that can no longer be opened. */
function dropCopies(tmp: TmpCache, version: Pick<TmpObject, "bucket" | "key" | "etag">): Promise<void>[] {
  return [undefined, GUNZIP].map(async (variant) => {
    const absent = async () => Promise.reject(new Error("not kept"));
    const copy = await tmp.acquire(variant === undefined ? version : { ...version, variant }, absent);
    if (!("unavailable" in copy)) await copy.release({ remove: true });
  });
}

function batchesOf(object: OpenObject, { key }: UploadedObject, { read }: LoadState, settings: Loader["settings"]) {
  if (object.size === 0) return [];
  const { format, delimiter } = formatOf(key, object.contentType, object.contentEncoding, settings.format);
  return readBatches(object.stream(read.byte), {
    format,
    from: read,
    maxRecords: settings.batchSize,
    onBrokenRecord: settings.onInvalid,
    numbers: settings.numbers,
    ...(object.streamBytes !== undefined && { totalBytes: object.streamBytes }),
    ...(format === "csv" && { csv: { delimiter: settings.csvDelimiter, likelyDelimiter: delimiter } }),
  });
}

/** The name of a step, in the error of one that takes too long. */
const STEP = "a batch of the file";

/** No batch of a file was loaded for so long that it would hold up others. The hop is tried again, by itself. */
class FileStalledError extends LonghaulError {
  constructor(stallTimeoutMs: number, trouble: unknown) {
    const last = trouble instanceof Error ? ` The last trouble was ${trouble.name}: ${trouble.message}` : "";
    super("FILE_STALLED", `No batch of the file was loaded within ${stallTimeoutMs} ms.${last}`, { cause: trouble });
  }
}

/** Names the decompressed copy of a file in `/tmp`. */
const GUNZIP = "gunzip";

/** Codes of what is wrong with a file itself. */
const forGood: ReadonlySet<string> = new Set([
  "INVALID_RECORD",
  "BROKEN_RECORD",
  "RECORD_TOO_LARGE",
  "BROKEN_DOCUMENT",
  "TASKS_MISSING",
  "EMPTY_OBJECT",
  "CSV_HEADER",
  "ENCODING",
  "UNKNOWN_FORMAT",
  "NOT_GZIP",
  "TRUNCATED_GZIP",
  "CORRUPT_GZIP",
  "OBJECT_NOT_FOUND",
  "OBJECT_ARCHIVED",
]);
