import { describe, expect, it } from "vitest";
import { answerOf, callOf, momentOf, placeOf } from "./request-words.ts";
import { durationMs, rangedRequests, rangesAt, type TracedRequest, type WalkTrace } from "./walk-trace.ts";

function request(at: Partial<TracedRequest>): TracedRequest {
  return { sentMs: 0, answeredMs: 50, startAfter: "", from: 0, to: 10, isTruncated: true, ...at };
}

const trace: WalkTrace = {
  keys: 40,
  concurrency: 2,
  latencyMs: 50,
  folders: [{ name: "a/", from: 0 }],
  requests: [
    request({ firstKey: "a/00", lastKey: "a/09" }),
    request({ sentMs: 60, answeredMs: 110, startAfter: "a/09", from: 10, to: 20, firstKey: "a/10", lastKey: "a/19" }),
    request({ sentMs: 60, answeredMs: 120, startAfter: "a/2", from: 30, to: 40, lastKey: "a/39", isTruncated: false }),
    request({ sentMs: 130, answeredMs: 180, startAfter: "a/19", from: 20, to: 30, lastKey: "a/29" }),
    request({ sentMs: 130, answeredMs: 181, startAfter: "b", from: 40, to: 40, isTruncated: false }),
  ],
};
const requests = rangedRequests(trace);

describe("the ranges of a trace", () => {
  it("begin where a request continues no page that was answered", () => {
    expect(requests.map(({ range, continues }) => [range, continues])).toEqual([
      [0, undefined],
      [0, 0],
      [1, undefined],
      [0, 1],
      [2, undefined],
    ]);
  });

  it("divide all keys at each moment, and are listed up to the last answer", () => {
    expect(rangesAt(trace, requests, 55)).toEqual([{ range: 0, from: 0, listedTo: 10, end: 40, isListing: false }]);
    expect(rangesAt(trace, requests, 115)).toEqual([
      { range: 0, from: 0, listedTo: 20, end: 30, isListing: false },
      { range: 1, from: 30, listedTo: 30, end: 40, isListing: true },
    ]);
    expect(rangesAt(trace, requests, durationMs(trace))).toEqual([
      { range: 0, from: 0, listedTo: 30, end: 30, isListing: false },
      { range: 1, from: 30, listedTo: 40, end: 40, isListing: false },
      { range: 2, from: 40, listedTo: 40, end: 40, isListing: false },
    ]);
  });
});

describe("a request in words", () => {
  it("is a call, an answer and a place", () => {
    expect(callOf(requests[0]!)).toBe("GET /?list-type=2&max-keys=1000");
    expect(callOf(requests[1]!)).toBe("GET /?list-type=2&max-keys=1000&start-after=a/09");
    expect(answerOf(requests[1]!)).toBe("10 keys, a/10 to a/19. More keys follow.");
    expect(answerOf(requests[4]!)).toBe("No key. No key follows.");
    expect(placeOf(requests[0]!)).toContain("the first range");
    expect(placeOf(requests[1]!)).toBe(
      "Continues range 0, behind the last key of request 0. Sent at 60 ms, answered at 110 ms.",
    );
    expect(placeOf(requests[4]!)).toContain("Begins range 2, behind a text that the walk made up.");
  });

  it("and so is a moment", () => {
    expect(momentOf(60, 1, 1, 1_000)).toBe("At 60 ms: 1 range, 1 request under way, 1,000 keys listed");
    expect(momentOf(61, 2, 0, 0)).toBe("At 61 ms: 2 ranges, 0 requests under way, 0 keys listed");
  });
});
