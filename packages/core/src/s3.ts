/** Objects in S3: read from where they are at hand, written across invocations. Needs `@aws-sdk/client-s3`. */

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
export type { RetryPolicy } from "./object/retry.ts";
export { type S3SpillOptions, StateSpillError, s3Spill } from "./state/s3-spill.ts";
