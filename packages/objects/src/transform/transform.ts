/** Facts about a data record beside its content. */
export interface RecordInfo {
  /** The object it is in, as `s3://bucket/key`. */
  readonly object: string;
  /** The version of that object. */
  readonly etag: string;
  /** Its number in the object, from 0. */
  readonly record: number;
  /** Aborted when this invocation is about to end; pass it on to whatever takes long. */
  readonly signal: AbortSignal;
}

/**
 * Makes a line of the result out of a data record: what it returns, or resolves to, is written as one line of JSON;
 * `undefined` leaves the record out.
 *
 * The same record must always give the same answer: after a crash the records since the last checkpoint are transformed
 * again, and only then is the result exact. Key side effects (a row in a database) by `object`, `etag` and `record`, so
 * that doing them twice is harmless.
 */
export type Transform = (record: unknown, info: RecordInfo) => unknown;
