import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_PART_BYTES, MAX_PARTS, MIN_PART_BYTES, maxOutputBytes, partAt, partSizeFor } from "./part-plan.ts";

const partBytes = fc.integer({ min: MIN_PART_BYTES, max: MAX_PART_BYTES });

describe("parts lie end to end, at places that follow from the offset alone", () => {
  it("every byte is in exactly one part, at its place", () => {
    fc.assert(
      fc.property(partBytes, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (base, fraction) => {
        const offset = Math.floor(maxOutputBytes(base) * fraction);
        const part = partAt(offset, base);
        expect(part.start).toBeLessThanOrEqual(offset);
        expect(offset).toBeLessThan(part.start + part.bytes);
        expect(part.bytes).toBe(partSizeFor(part.number, base));
        expect(part.number).toBeLessThanOrEqual(MAX_PARTS);
        expect(partAt(part.start, base)).toEqual(part);
        if (part.start > 0) {
          const before = partAt(part.start - 1, base);
          expect([before.number, before.start + before.bytes]).toEqual([part.number - 1, part.start]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("the sum of all sizes is the capacity, after which comes part 10,001", () => {
    fc.assert(
      fc.property(partBytes, (base) => {
        let sum = 0;
        for (let number = 1; number <= MAX_PARTS; number++) sum += partSizeFor(number, base);
        expect(maxOutputBytes(base)).toBe(sum);
        expect(partAt(sum, base)).toMatchObject({ number: MAX_PARTS + 1, start: sum });
        expect(partAt(2 * sum, base)).toMatchObject({ number: MAX_PARTS + 1, start: sum });
      }),
      { numRuns: 20 },
    );
  });

  it("the first byte after a thousand parts is in a part of the next size", () => {
    const base = 8;
    for (let number = 1, start = 0; number <= MAX_PARTS; number += 1000) {
      const bytes = partSizeFor(number, base);
      expect(partAt(start, base)).toEqual({ number, start, bytes });
      start += 1000 * bytes;
    }
  });

  it("sizes are S3's: never below 5 MiB or above 5 GiB, and 8 MiB suffices for 7 TiB", () => {
    expect(partSizeFor(1, MIN_PART_BYTES)).toBe(MIN_PART_BYTES);
    expect(partSizeFor(MAX_PARTS, MAX_PART_BYTES)).toBe(MAX_PART_BYTES);
    expect([1000, 1001, 2001].map((number) => partSizeFor(number, 8))).toEqual([8, 16, 32]);
    expect(maxOutputBytes(8 * 1024 * 1024)).toBeGreaterThan(7 * 1024 ** 4);
  });
});
