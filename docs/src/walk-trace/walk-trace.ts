/** A list request of a walk, with its answer. */
export interface TracedRequest {
  /** Milliseconds since the walk began. */
  readonly sentMs: number;
  readonly answeredMs: number;
  /** The text behind which the listing begins; empty for the first key. */
  readonly startAfter: string;
  /** Number of the first key of the answer, in the order of the bucket. */
  readonly from: number;
  /** Number behind that of its last key. */
  readonly to: number;
  /** First and last key of the answer; absent if it has none. */
  readonly firstKey?: string;
  readonly lastKey?: string;
  /** Whether the bucket has keys behind the last one. */
  readonly isTruncated: boolean;
}

/** A recorded walk. */
export interface WalkTrace {
  readonly keys: number;
  readonly concurrency: number;
  readonly latencyMs: number;
  /** Each folder at the top of the bucket, with the number of its first key. */
  readonly folders: readonly { readonly name: string; readonly from: number }[];
  readonly requests: readonly TracedRequest[];
}

/** A request and the range that it lists a page of. */
export interface RangedRequest extends TracedRequest {
  /** Its number, from 0, in the order in which requests were sent. */
  readonly index: number;
  /** Number of the range, from 0, in the order in which ranges began. */
  readonly range: number;
  /** The request whose page it continues; absent for the first of a range. */
  readonly continues?: number;
}

/** A range of the key space at one moment. Its keys are those of numbers `from` to `end`. */
export interface RangeAt {
  readonly range: number;
  readonly from: number;
  /** Number behind the last key that was listed. */
  readonly listedTo: number;
  /** Where the next range begins, or the number of all keys. */
  readonly end: number;
  readonly isListing: boolean;
}

/** Says of each request which range it is part of: that of the page it continues, or a new one. */
export function rangedRequests({ requests }: WalkTrace): RangedRequest[] {
  const ranged: RangedRequest[] = [];
  let ranges = 0;
  for (const [index, request] of requests.entries()) {
    const before = ranged.find(
      ({ lastKey, answeredMs, isTruncated }) =>
        lastKey === request.startAfter && isTruncated && answeredMs <= request.sentMs,
    );
    ranged.push(
      before === undefined
        ? { ...request, index, range: ranges++ }
        : { ...request, index, range: before.range, continues: before.index },
    );
  }
  return ranged;
}

/** The ranges at a moment, in the order of their keys. A range is there from the moment its first request is sent. */
export function rangesAt(trace: WalkTrace, requests: readonly RangedRequest[], atMs: number): RangeAt[] {
  const sent = requests.filter(({ sentMs }) => sentMs <= atMs);
  // Of two that begin at one key, the one behind the lesser text has no key.
  const firsts = sent
    .filter(({ continues }) => continues === undefined)
    .sort((a, b) => a.from - b.from || (a.startAfter < b.startAfter ? -1 : 1));
  return firsts.map(({ range, from }, at) => {
    const end = firsts[at + 1]?.from ?? trace.keys;
    const own = sent.filter((each) => each.range === range);
    const answered = own.filter(({ answeredMs }) => answeredMs <= atMs);
    const listedTo = Math.min(end, Math.max(from, ...answered.map(({ to }) => to)));
    return { range, from, listedTo, end, isListing: answered.length < own.length };
  });
}

/** When the last answer came, in milliseconds. */
export function durationMs({ requests }: WalkTrace): number {
  return Math.max(...requests.map(({ answeredMs }) => answeredMs));
}
