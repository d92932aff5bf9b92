import type { WalkAction, WalkTarget } from "../runs/walk-action.ts";
import type { ListedPage } from "../walk/listed-page.ts";
import { ListingEndlessError } from "../walk/listing-error.ts";
import type { SerialState } from "./serial-state.ts";
import { TokenRefusedError } from "./token-refused-error.ts";

/** Lists one page: where a token says, or else after a key. */
export type ListNext = (
  place: { readonly token: string | undefined; readonly startAfter: string | undefined },
  signal: AbortSignal,
) => Promise<ListedPage>;

/** What a serial walk is made of. */
export interface SerialWalkOptions<Summary> {
  readonly list: ListNext;
  readonly action: WalkAction<Summary>;
  readonly target: WalkTarget;
  readonly signal: AbortSignal;
  /** Told after each page. */
  readonly progress: (counters: { readonly records: number; readonly bytes: number }) => void;
}

/** What a serial walk answers at its end. */
export interface SerialResult {
  /** Objects listed, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
  /** Objects that another handler listed in this run, and that `result` does not cover. */
  readonly countedElsewhere?: number;
  /** What the action answered. */
  readonly result: unknown;
}

/** Walks a bucket page by page from where the state stands. Yields after each page where it goes on. */
export async function* serialWalk<Summary extends object>(
  entry: SerialState,
  { list, action, target, signal, progress }: SerialWalkOptions<Summary>,
): AsyncGenerator<SerialState, SerialResult, void> {
  // Our own summary comes back as it was handed on.
  const summary = entry.summary === undefined ? action.empty() : (structuredClone(entry.summary) as Summary);
  const countedElsewhere = entry.summary === undefined ? entry.objects : (entry.countedElsewhere ?? 0);
  const elsewhere = countedElsewhere > 0 ? { countedElsewhere } : {};
  let { objects, bytes, continuationToken, lastKey } = entry;
  for (;;) {
    const page = await nextPage(list, { continuationToken, lastKey }, target.bucket, signal);
    const count = page.length;
    if (count === 0 && page.isTruncated && (page.nextToken ?? continuationToken) === continuationToken) {
      throw new ListingEndlessError(lastKey ?? "");
    }
    const slice = { page, count };
    if (count > 0) await action.work?.(slice, signal);
    if (count > 0) action.account(summary, slice);
    objects += count;
    for (let i = 0; i < count; i++) bytes += page.size(i);
    if (count > 0) lastKey = page.key(count - 1);
    continuationToken = page.nextToken;
    const isLast = !page.isTruncated;
    page.release?.();
    progress({ records: objects, bytes });
    if (isLast) break;
    yield {
      objects,
      bytes,
      ...(continuationToken !== undefined && { continuationToken }),
      ...(lastKey !== undefined && { lastKey }),
      summary: structuredClone(summary),
      ...elsewhere,
    };
  }
  return { objects, bytes, ...elsewhere, result: await action.finish(summary, target) };
}

/** Tokens may expire, and one that was handed on by somebody else may never have been good. */
async function nextPage(
  list: ListNext,
  { continuationToken: token, lastKey }: { continuationToken: string | undefined; lastKey: string | undefined },
  bucket: string,
  signal: AbortSignal,
): Promise<ListedPage> {
  try {
    return await list({ token, startAfter: lastKey }, signal);
  } catch (error) {
    if (token === undefined || !isBadRequest(error)) throw error;
    if (lastKey === undefined) throw new TokenRefusedError(bucket, error);
    return list({ token: undefined, startAfter: lastKey }, signal);
  }
}

/** S3 refuses a token as `InvalidArgument`, others by other names. If something else is wrong, it is so without token too. */
function isBadRequest(error: unknown): boolean {
  if (typeof error !== "object" || error === null || !("$metadata" in error)) return false;
  return (error.$metadata as { httpStatusCode?: number }).httpStatusCode === 400;
}
