import type { RangedRequest } from "./walk-trace.ts";

/** The call of a request, as the HTTP request has it. */
export function callOf({ startAfter }: RangedRequest): string {
  return `GET /?list-type=2&max-keys=1000${startAfter === "" ? "" : `&start-after=${startAfter}`}`;
}

/** The answer to a request, in words. */
export function answerOf({ from, to, firstKey, lastKey, isTruncated }: RangedRequest): string {
  const rest = isTruncated ? "More keys follow." : "No key follows.";
  if (to === from) return `No key. ${rest}`;
  return `${(to - from).toLocaleString("en-US")} keys, ${firstKey} to ${lastKey}. ${rest}`;
}

/** The part of a request in the walk, in words: whose range it is, and when it was made. */
export function placeOf({ index, range, continues, sentMs, answeredMs }: RangedRequest): string {
  const part =
    continues === undefined
      ? index === 0
        ? "Begins the first range, which is all keys."
        : `Begins range ${range}, behind a text that the walk made up.`
      : `Continues range ${range}, behind the last key of request ${continues}.`;
  return `${part} Sent at ${sentMs} ms, answered at ${answeredMs} ms.`;
}

/** The ranges of a moment, in words. */
export function momentOf(atMs: number, ranges: number, underWay: number, listedKeys: number): string {
  const requests = underWay === 1 ? "1 request" : `${underWay} requests`;
  const parts = ranges === 1 ? "1 range" : `${ranges} ranges`;
  return `At ${atMs} ms: ${parts}, ${requests} under way, ${listedKeys.toLocaleString("en-US")} keys listed`;
}
