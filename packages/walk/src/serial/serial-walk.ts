import type { Progress } from "@longhaul/core/parts";
import { behindKey } from "../listing/key-range.ts";
import type { ListedPage } from "../listing/listed-page.ts";
import { ListingEndlessError } from "../listing/listing-error.ts";
import { isPlaceRefused } from "../listing/listing-trouble.ts";
import { longestStartAfter, shorterStartAfter } from "../listing/start-after.ts";
import type { CallScope } from "../runs/call-scope.ts";
import type { WalkAction, WalkTarget } from "../runs/walk-action.ts";
import type { SerialState } from "./serial-state.ts";
import { TokenRefusedError } from "./token-refused-error.ts";

/** Lists one page: where a token says, or else after a key. */
export type ListNext = (
  place: { readonly token: string | undefined; readonly startAfter: string | undefined },
  signal: AbortSignal,
) => Promise<ListedPage>;

/** Options of {@link serialWalk}. */
export interface SerialWalkOptions<Summary> {
  readonly list: ListNext;
  readonly action: WalkAction<Summary>;
  readonly target: WalkTarget;
  readonly signal: AbortSignal;
  /** Time for work that this hop has, in milliseconds. Default: no limit. */
  readonly usableMs?: number;
  /** Calls of this hop. */
  readonly scope?: CallScope;
  /** Told after each page. */
  readonly progress: (counters: Progress) => void;
}

/** Result of a serial walk. */
export interface SerialResult {
  /** Objects listed, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects that another handler listed in this run, and that `result` does not cover. */
  readonly countedElsewhere?: number;
  /** The answer of the action. */
  readonly result: unknown;
}

/** So often a listing begins before the last key and gets to no key behind it, and there is no way on. */
const MAX_FRUITLESS = 10;

/** Walks a bucket page by page from the place of the state. Yields the next place after each page. */
export async function* serialWalk<Summary extends object>(
  entry: SerialState,
  { list, action, target, signal, usableMs = Number.POSITIVE_INFINITY, scope, progress }: SerialWalkOptions<Summary>,
): AsyncGenerator<SerialState, SerialResult, void> {
  // Our own summary comes back as it was handed on.
  const summary = entry.summary === undefined ? action.empty() : (structuredClone(entry.summary) as Summary);
  const countedElsewhere = entry.summary === undefined ? entry.objects : (entry.countedElsewhere ?? 0);
  const elsewhere = countedElsewhere > 0 ? { countedElsewhere } : {};
  let { objects, bytes, continuationToken, lastKey, skipThrough } = entry;
  let fruitless = 0;
  for (;;) {
    const next = await nextPage(list, { continuationToken, lastKey, skipThrough }, target.bucket, signal);
    const { page } = next;
    const count = page.length;
    const isSameAgain = (page.nextToken ?? continuationToken) === continuationToken;
    if (count > 0) fruitless = 0;
    else if (next.isByKey) fruitless++;
    if (count === 0 && page.isTruncated && (isSameAgain || fruitless > MAX_FRUITLESS)) {
      throw new ListingEndlessError(lastKey ?? "");
    }
    const slice = { page, count };
    if (count > 0) await action.work?.(slice, { signal, usableMs, onStarted: () => {} });
    if (count > 0) action.account(summary, slice);
    objects += count;
    for (let i = 0; i < count; i++) bytes += page.size(i);
    skipThrough = count > 0 ? undefined : next.skipThrough;
    if (count > 0) lastKey = page.key(count - 1);
    continuationToken = page.nextToken;
    const isLast = !page.isTruncated;
    page.release?.();
    progress({ records: objects, bytes, ...action.counters?.(summary) });
    if (isLast) break;
    yield {
      objects,
      bytes,
      ...(continuationToken !== undefined && { continuationToken }),
      ...(lastKey !== undefined && { lastKey }),
      ...(skipThrough !== undefined && { skipThrough }),
      summary: structuredClone(summary),
      ...elsewhere,
    };
  }
  return { objects, bytes, ...elsewhere, result: await action.finish(summary, target, scope) };
}

interface Place {
  readonly continuationToken: string | undefined;
  readonly lastKey: string | undefined;
  readonly skipThrough: string | undefined;
}

interface NextPage {
  readonly page: ListedPage;
  readonly skipThrough: string | undefined;
  readonly isByKey: boolean;
}

/** Tokens may expire, and one that was handed on by somebody else may never have been good. */
async function nextPage(
  list: ListNext,
  { continuationToken: token, lastKey = "", skipThrough }: Place,
  bucket: string,
  signal: AbortSignal,
): Promise<NextPage> {
  if (token !== undefined) {
    try {
      const page = await list({ token, startAfter: undefined }, signal);
      return { page: skipThrough === undefined ? page : behindKey(page, skipThrough), skipThrough, isByKey: false };
    } catch (error) {
      if (!isPlaceRefused(error)) throw error;
      if (lastKey === "") throw new TokenRefusedError(bucket, error);
    }
  }
  for (let startAfter = longestStartAfter(lastKey); ; startAfter = shorterStartAfter(startAfter)) {
    try {
      const page = await list({ token: undefined, startAfter }, signal);
      // A listing that begins before the last key has keys that are done with; one of any other order has none.
      const isEarlier = startAfter !== lastKey;
      const skipped = isEarlier
        ? { page: behindKey(page, lastKey), skipThrough: lastKey }
        : { page, skipThrough: undefined };
      return { ...skipped, isByKey: true };
    } catch (error) {
      if (startAfter === "" || !isPlaceRefused(error)) throw error;
    }
  }
}
