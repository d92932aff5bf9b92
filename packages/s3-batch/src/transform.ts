/** What is known of a record beside its content. */
export interface RecordInfo {
  /** The object it stands in, as `s3://bucket/key`. */
  readonly object: string;
  /** The version of that object. */
  readonly etag: string;
  /** Its number in the object, from 0. */
  readonly record: number;
  /** Aborted when this invocation is about to end; pass it on to whatever takes long. */
  readonly signal: AbortSignal;
}

/**
 * Your work: makes a record of the result out of a record of the source. Replace it; it may be `async`.
 *
 * What it answers becomes one line of JSON; `undefined` leaves the record out. The same record must always give the same
 * answer: after a crash the records since the last checkpoint are transformed again, and the result is exact only then.
 * Side effects of its own (a row in a database) should be keyed by `object`, `etag` and `record`, so that doing them twice
 * is harmless.
 */
export function transform(record: unknown, _info: RecordInfo): unknown {
  return record;
}
