import type { S3Client } from "@aws-sdk/client-s3";
import { FencedError, HopEndingError, LonghaulError, type RunContext } from "@longhaul/core";
import { formatOf, gunzip, pace, readBatches } from "@longhaul/core/records";
import { ObjectChangedError, type OpenObject, openObject, type TmpCache, type TmpObject } from "@longhaul/core/s3";
import type { UploadedFile } from "./envelope.ts";
import type { LoadState } from "./load-state.ts";
import { type RecordsTable, upsertRecords } from "./records-table.ts";
import type { Settings } from "./settings.ts";
import { validRecords } from "./valid-records.ts";

/** What a container keeps between hops. Runs that share the container share it safely. */
export interface Loader {
  readonly s3: S3Client;
  readonly tmp: TmpCache;
  readonly table: RecordsTable;
  readonly settings: Pick<Settings, "batchSize" | "maxRecordsPerSecond" | "onInvalid" | "tmpMaxBytes">;
}

/** What a run answers at its end. */
export type LoadResult =
  | { readonly status: "loaded"; readonly records: number; readonly skipped: number }
  /** The file was replaced; the news of the new one begins a run of its own. */
  | { readonly status: "superseded"; readonly records: number }
  /** The file cannot be loaded, however often it is tried. */
  | { readonly status: "rejected"; readonly code: string; readonly message: string };

/**
 * Loads one file into the table, batch by batch, from where the state stands. The file is kept in `/tmp` for the next hop,
 * and removed at the end, whatever the end is.
 *
 * @throws what may pass: the hop fails then, and is tried again.
 */
export async function* loadFile(
  loader: Loader,
  file: UploadedFile,
  state: LoadState,
  context: Pick<RunContext<object>, "run" | "signal" | "progress">,
): AsyncGenerator<LoadState, LoadResult, void> {
  const { settings, table } = loader;
  const { run, signal, progress } = context;
  let at = state;
  let object: OpenObject | undefined;
  // A hop that hands off leaves here through `finally` alone.
  let isOver = false;
  try {
    object = await open(loader, file, state.etag ?? (file.etag && `"${file.etag}"`), signal);
    at = { ...at, etag: object.etag };
    const keepPace = pace(settings.maxRecordsPerSecond, at.read.record);
    for await (const batch of batchesOf(object, file, at, settings)) {
      const { records, skipped } = await validRecords(batch, settings.onInvalid);
      run.fence.assert();
      await upsertRecords(table, run.id, records, signal);
      at = { ...at, read: batch.end, skipped: at.skipped + skipped + batch.rejected.length };
      await keepPace(at.read.record, signal);
      progress({ records: at.read.record, skipped: at.skipped });
      yield at;
    }
    isOver = true;
    return { status: "loaded", records: at.read.record, skipped: at.skipped };
  } catch (error) {
    if (error instanceof HopEndingError || error instanceof FencedError || signal.aborted) throw error;
    isOver = true;
    if (error instanceof ObjectChangedError) return { status: "superseded", records: at.read.record };
    if (!(error instanceof LonghaulError) || !forGood.has(error.code)) throw error;
    return { status: "rejected", code: error.code, message: error.message.slice(0, 1_000) };
  } finally {
    const isGone = isOver && object === undefined && at.etag !== undefined;
    // What fails here must not hide how the run went.
    await Promise.allSettled([
      object?.close({ remove: isOver }),
      ...(isGone ? dropCopies(loader.tmp, { ...file, etag: at.etag ?? "" }) : []),
    ]);
  }
}

function open(loader: Loader, file: UploadedFile, etag: string | undefined, signal: AbortSignal): Promise<OpenObject> {
  const { bucket, key } = file;
  return openObject({
    client: loader.s3,
    bucket,
    key,
    etag,
    tmp: loader.tmp,
    tmpMaxBytes: loader.settings.tmpMaxBytes,
    signal,
    // A file of no bytes is a file of no records, whatever its format.
    decode: ({ size, contentType, contentEncoding }) =>
      size > 0 && formatOf(key, contentType, contentEncoding).gzip
        ? { name: GUNZIP, apply: (source) => gunzip(source, { name: key }) }
        : undefined,
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

function batchesOf(object: OpenObject, { key }: UploadedFile, { read }: LoadState, settings: Loader["settings"]) {
  if (object.size === 0) return [];
  const { format, delimiter } = formatOf(key, object.contentType, object.contentEncoding);
  return readBatches(object.stream(read.byte), {
    format,
    from: read,
    maxRecords: settings.batchSize,
    onBrokenRecord: settings.onInvalid,
    ...(object.streamBytes !== undefined && { totalBytes: object.streamBytes }),
    ...(delimiter !== undefined && { csv: { delimiter } }),
  });
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
