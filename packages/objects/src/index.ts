/** Objects of S3: read from where they are at hand, split into data records, written across invocations. */

export { CacheLoaderError, TmpFileDamagedError, TmpFillError } from "./cache/errors.ts";
export {
  type CachedObject,
  type LoadedObject,
  type LoadObject,
  ObjectCache,
  type ObjectCacheOptions,
  type ObjectId,
} from "./cache/object-cache.ts";
export {
  type AcquireTmpOptions,
  type FillTmp,
  TmpCache,
  type TmpCacheOptions,
  type TmpUnavailable,
} from "./cache/tmp-cache.ts";
export type { TmpFileSystem } from "./cache/tmp-directory.ts";
export { TmpFile, type TmpReadOptions } from "./cache/tmp-file.ts";
export type { TmpObject } from "./cache/tmp-names.ts";
export type { TmpSink } from "./cache/tmp-part.ts";
export type { LoadResult } from "./load/load-file.ts";
export type { LoadState } from "./load/load-state.ts";
export type { RecordStore, StoreContext, StoredRecord } from "./load/record-store.ts";
export { type RecordsOfOptions, recordsOf } from "./load/records-of.ts";
export { type QueueSettings, queueSettings, type RecordsSettings, recordsSettings } from "./load/settings.ts";
export { type DownloadOptions, download } from "./object/download.ts";
export {
  ObjectAccessDeniedError,
  ObjectArchivedError,
  ObjectChangedError,
  ObjectNotFoundError,
  ObjectReadError,
} from "./object/errors.ts";
export { type ObjectInfo, type ObjectInfoOptions, objectInfo } from "./object/object-info.ts";
export { objectLoader } from "./object/object-loader.ts";
export { type OpenObjectOptions, openObject, type RememberedObject } from "./object/open-object.ts";
export { abortOutput, type OpenOutputOptions, openOutput, warmTails } from "./object/open-output.ts";
export {
  type ObjectDecoding,
  type ObjectSource,
  type ObjectStreamOptions,
  OpenObject,
} from "./object/opened-object.ts";
export { ResumableOutput } from "./object/output.ts";
export {
  OutputClosedError,
  OutputConflictError,
  OutputDamagedError,
  OutputLostError,
  OutputMarkError,
  OutputNotRewindableError,
  type OutputPlace,
  OutputTailsLeftError,
  OutputTooLargeError,
} from "./object/output-errors.ts";
export { type OutputMark, persistOutput } from "./object/output-mark.ts";
export type { CompletedOutput, OutputTuning } from "./object/output-shape.ts";
export { type OutputState, type OutputTail, parseOutputState } from "./object/output-state.ts";
export type { OutputAttributes, OutputFence, OutputTarget } from "./object/output-target.ts";
export type { RangeSource, ReceiveOptions } from "./object/range-bytes.ts";
export { type ReadRangeOptions, readRange } from "./object/read-range.ts";
export { RecordBatch, type RejectedRecord } from "./records/batch.ts";
export type { CsvOptions } from "./records/csv-options.ts";
export type { NumberPolicy } from "./records/decoder.ts";
export {
  BrokenDocumentError,
  type BrokenReason,
  BrokenRecordError,
  CorruptGzipError,
  CsvHeaderError,
  EmptyObjectError,
  EncodingError,
  type GzipSign,
  NotGzipError,
  PositionBeyondEndError,
  type RecordPlace,
  RecordTooLargeError,
  SourceLengthError,
  TasksMissingError,
  TruncatedGzipError,
  UnknownFormatError,
} from "./records/errors.ts";
export { type DetectedFormat, formatOf } from "./records/format.ts";
export type { RecordFormat } from "./records/formats.ts";
export { type GunzipOptions, gunzip } from "./records/gunzip.ts";
export { jsonText } from "./records/json-text.ts";
export { LineSplitter, type LineSplitterOptions } from "./records/line-splitter.ts";
export { NumberText } from "./records/number-text.ts";
export type { ReadOptions } from "./records/options.ts";
export { type KeepPace, type PaceOptions, pace } from "./records/pace.ts";
export { parsePosition, type ReadPosition, startPosition } from "./records/position.ts";
export { readBatches } from "./records/read-batches.ts";
export type { TransformSummary } from "./transform/process-object.ts";
export { type RedrivenRejects, type RedriveRejectsOptions, redriveRejects } from "./transform/redrive-rejects.ts";
export { RejectsError } from "./transform/rejects-error.ts";
export type { ResultObject } from "./transform/results.ts";
export type { SplitSummary } from "./transform/send-parts.ts";
export { type TransformSettings, transformSettings } from "./transform/settings.ts";
export { SourceError, TransformError } from "./transform/source-error.ts";
export { steadyHeap } from "./transform/steady-heap.ts";
export type { RecordInfo, Transform } from "./transform/transform.ts";
export {
  type TestSummary,
  type TransformObjectOptions,
  type TransformResult,
  type TransformRun,
  transformObject,
} from "./transform/transform-object.ts";
