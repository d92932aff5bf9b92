/** Where a record stands in its object. */
export interface RecordInfo {
  /** Its number, from 0. */
  readonly record: number;
  readonly signal: AbortSignal;
}

/**
 * Your work: makes a record of the result out of a record of the source. Replace it.
 *
 * What it answers becomes one line of JSON; `undefined` leaves the record out. The result is exact only if the same
 * record always gives the same answer: after a crash the records since the last checkpoint are transformed again.
 * Side effects of its own (a row in a database) should be keyed by the record, so that doing them twice is harmless.
 */
export function transform(record: unknown, _info: RecordInfo): unknown {
  return record;
}
