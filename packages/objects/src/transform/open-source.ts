import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import type { CallTuning } from "@longhaul/core/parts";
import type { ObjectCache } from "../cache/object-cache.ts";
import type { TmpCache } from "../cache/tmp-cache.ts";
import { openObject, type RememberedObject } from "../object/open-object.ts";
import type { OpenObject } from "../object/opened-object.ts";
import type { RecordBatch } from "../records/batch.ts";
import { formatOf } from "../records/format.ts";
import { gunzip } from "../records/gunzip.ts";
import { startPosition } from "../records/position.ts";
import { readBatches } from "../records/read-batches.ts";
import type { BatchState } from "./batch-state.ts";
import type { TransformSettings } from "./settings.ts";
import { uriOf } from "./source.ts";
import { SourceError } from "./source-error.ts";

/** The client that objects are read with, and the caches of copies between hops. */
export interface SourceAccess {
  readonly client: S3Client;
  readonly settings: TransformSettings;
  readonly memory: ObjectCache<RememberedObject>;
  readonly tmp: TmpCache;
  /** Time and chance of calls. Default: the machine's. */
  readonly host?: CallTuning["host"];
}

/** Smaller slices than the default: more of them were no slower, and take less memory. */
const RANGES = { aheadBytes: 2 * 1024 * 1024, sliceBytes: 256 * 1024 };

/**
 * Opens the version of the object that the run began with, through gunzip if its name, content type or content encoding
 * says so.
 *
 * @throws ObjectChangedError if it was replaced; ObjectNotFoundError, ObjectAccessDeniedError, UnknownFormatError.
 */
export function openSource(
  access: SourceAccess,
  state: BatchState,
  { signal, budget, run: { fence } }: Pick<RunContext<object>, "signal" | "budget" | "run">,
): Promise<OpenObject> {
  const { client, memory, tmp, settings, host } = access;
  const { bucket, key, etag, keepsDecoded } = state;
  return openObject({
    client,
    bucket,
    key,
    etag,
    memory,
    tmp,
    tmpMaxBytes: settings.tmpMaxBytes,
    keepsDecoded,
    ranges: RANGES,
    // The signal ends calls at the reserve, and the run is handed off.
    calls: { host, budgetMs: () => budget.remainingMs },
    signal,
    fence,
    decode({ contentType, contentEncoding }) {
      const { gzip, gzipSign: sign } = formatOf(key, contentType, contentEncoding, settings.format);
      if (!gzip) return undefined;
      return {
        name: "gunzip",
        apply: (source) => gunzip(source, { name: uriOf(state), sign }),
        takesReusedSlices: true,
      };
    },
  });
}

/** The object's records from the place in the state, in batches. */
export function batchesOf(
  object: OpenObject,
  state: BatchState,
  settings: TransformSettings,
): AsyncGenerator<RecordBatch> {
  const { format, delimiter } = formatOf(state.key, object.contentType, object.contentEncoding, settings.format);
  return readBatches(notEmpty(object, state), {
    format,
    from: state.read,
    maxRecords: settings.batchSize,
    maxRecordBytes: settings.maxRecordBytes,
    onBrokenRecord: settings.onBrokenRecord,
    numbers: settings.numbers,
    ...(object.streamBytes !== undefined && { totalBytes: object.streamBytes }),
    ...(format === "csv" && { csv: { delimiter: settings.csvDelimiter, likelyDelimiter: delimiter } }),
  });
}

/** An empty object is more likely an upload that failed than a result with no records. */
async function* notEmpty(object: OpenObject, state: BatchState): AsyncGenerator<Uint8Array> {
  let isEmpty = state.read.byte === startPosition.byte;
  for await (const slice of object.stream(state.read.byte, { reusesSlices: true })) {
    if (slice.length > 0) isEmpty = false;
    yield slice;
  }
  if (isEmpty) throw new SourceError("EMPTY_OBJECT", uriOf(state), "the object is empty. Put it again, with records.");
}
