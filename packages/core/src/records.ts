export { RecordBatch, type RejectedRecord } from "./records/batch.ts";
export type { CsvOptions } from "./records/csv-options.ts";
export {
  BrokenDocumentError,
  type BrokenReason,
  BrokenRecordError,
  CorruptGzipError,
  CsvHeaderError,
  EmptyObjectError,
  EncodingError,
  NotGzipError,
  PositionBeyondEndError,
  type RecordPlace,
  RecordTooLargeError,
  SourceLengthError,
  TasksMissingError,
  TruncatedGzipError,
  UnknownFormatError,
} from "./records/errors.ts";
export { type DetectedFormat, formatOf, type RecordFormat } from "./records/format.ts";
export { type GunzipOptions, gunzip } from "./records/gunzip.ts";
export { LineSplitter, type LineSplitterOptions } from "./records/line-splitter.ts";
export type { ReadOptions } from "./records/options.ts";
export { type KeepPace, type PaceOptions, pace } from "./records/pace.ts";
export { parsePosition, type ReadPosition, startPosition } from "./records/position.ts";
export { readBatches } from "./records/read-batches.ts";
