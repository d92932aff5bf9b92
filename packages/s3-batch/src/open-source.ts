import type { S3Client } from "@aws-sdk/client-s3";
import type { RunContext } from "@longhaul/core";
import { formatOf, gunzip, type RecordBatch, readBatches, startPosition } from "@longhaul/core/records";
import { type ObjectCache, type OpenObject, openObject, type RememberedObject, type TmpCache } from "@longhaul/core/s3";
import type { BatchState } from "./batch-state.ts";
import type { Settings } from "./settings.ts";
import { uriOf } from "./source.ts";
import { SourceError } from "./source-error.ts";

/** What objects are read with, and where copies of them are kept between hops. */
export interface SourceAccess {
  readonly client: S3Client;
  readonly settings: Settings;
  readonly memory: ObjectCache<RememberedObject>;
  readonly tmp: TmpCache;
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
  { signal, run: { fence } }: Pick<RunContext<object>, "signal" | "run">,
): Promise<OpenObject> {
  const { client, memory, tmp, settings } = access;
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
    signal,
    fence,
    decode: ({ contentType, contentEncoding }) =>
      formatOf(key, contentType, contentEncoding).gzip
        ? { name: "gunzip", apply: (source) => gunzip(source, { name: uriOf(state) }), takesReusedSlices: true }
        : undefined,
  });
}

/** The object's records from where the state stands, in batches. */
export function batchesOf(object: OpenObject, state: BatchState, settings: Settings): AsyncGenerator<RecordBatch> {
  const { format, delimiter } = formatOf(state.key, object.contentType, object.contentEncoding);
  return readBatches(notEmpty(object, state), {
    format,
    from: state.read,
    maxRecords: settings.batchSize,
    maxRecordBytes: settings.maxRecordBytes,
    onBrokenRecord: settings.onBrokenRecord,
    ...(object.streamBytes !== undefined && { totalBytes: object.streamBytes }),
    ...(delimiter !== undefined && { csv: { delimiter } }),
  });
}

/** An empty object is more likely an upload that failed than a result with no records. */
async function* notEmpty(object: OpenObject, state: BatchState): AsyncGenerator<Uint8Array> {
  let isEmpty = state.read.byte === startPosition.byte;
  for await (const slice of object.stream(state.read.byte, { reusesSlices: true })) {
    if (slice.length > 0) isEmpty = false;
    yield slice;
  }
  if (isEmpty) throw new SourceError(uriOf(state), "EMPTY_OBJECT", "the object is empty. Put it again, with records.");
}
