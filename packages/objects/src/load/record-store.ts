import type { UploadedObject } from "@longhaul/core/news";
import type { CallTuning, Fence } from "@longhaul/core/parts";

/** A valid data record. File and number name it: storing it again under both changes nothing. */
export interface StoredRecord {
  /** Its number in the file, from 0. */
  readonly record: number;
  /** The output of the schema. */
  readonly value: object;
  /** The same as JSON. */
  readonly json: string;
}

/** The batch that a store is given, and its invocation. */
export interface StoreContext {
  /** Id of the file's run: the same for the same upload, whatever announces it. */
  readonly run: string;
  readonly file: UploadedObject;
  /** Aborted when this invocation is about to end, or the file gets nowhere; pass it on. */
  readonly signal: AbortSignal;
  /** Refuses once the run was taken over; `fence.token` grows with each attempt. */
  readonly fence: Fence;
  /** Time for calls to services, for `call()` of `@longhaul/core/parts`. */
  readonly calls: CallTuning;
}

/**
 * Stores a batch of data records. After a crash the records since the last checkpoint come again, under the same run and
 * numbers: storing them twice has to be harmless.
 */
export interface RecordStore {
  (records: readonly StoredRecord[], context: StoreContext): Promise<void>;
  /** Largest record as JSON, in bytes; a larger one is not valid. Default: no limit. */
  readonly maxRecordBytes?: number;
}
