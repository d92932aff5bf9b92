import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCopyRange, parseRange } from "./byte-range.ts";

const invalidRange = expect.objectContaining({ code: "InvalidRange", status: 416 });

describe("a Range header", () => {
  it("gives exactly the bytes it names, or none at all, for any numbers and size", () => {
    const part = fc.option(fc.nat(30), { nil: undefined });
    fc.assert(
      fc.property(part, part, fc.nat(20), (first, last, size) => {
        const offsets = Array.from({ length: size }, (_, at) => at);
        const header = `bytes=${first ?? ""}-${last ?? ""}`;
        const isIgnored = first === undefined ? last === undefined : last !== undefined && last < first;
        const wanted = offsets.filter((at) =>
          first === undefined ? at >= size - (last ?? 0) : at >= first && at <= (last ?? size),
        );
        if (isIgnored) expect(parseRange(header, size)).toBeUndefined();
        else if (wanted.length === 0) expect(() => parseRange(header, size)).toThrow(invalidRange);
        else expect(parseRange(header, size)).toEqual({ start: wanted[0], length: wanted.length });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([undefined, "", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,4-5", "items=0-1", "bytes=0-1;x"])(
    "%j is ignored",
    (header) => {
      expect(parseRange(header, 10)).toBeUndefined();
    },
  );

  it("takes offsets beyond 2^32", () => {
    const size = 5 * 1024 ** 4;
    expect(parseRange(`bytes=${size - 1}-`, size)).toEqual({ start: size - 1, length: 1 });
  });
});

describe("x-amz-copy-source-range", () => {
  it("must be whole and within the source", () => {
    expect(parseCopyRange("bytes=2-5", 10)).toEqual({ start: 2, length: 4 });
    expect(() => parseCopyRange("bytes=2-10", 10)).toThrow(invalidRange);
    for (const header of ["bytes=2-", "bytes=-2", "bytes=5-2", "2-5", "bytes=1-2,3-4"]) {
      expect(() => parseCopyRange(header, 10)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    }
  });
});
