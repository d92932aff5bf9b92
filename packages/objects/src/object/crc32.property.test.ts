import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32, decodeCrc32, encodeCrc32, joinCrc32 } from "./crc32.ts";

describe("CRC-32", () => {
  it("is the one S3 means", () => {
    // The check value of CRC-32/ISO-HDLC.
    expect(encodeCrc32(crc32(Buffer.from("123456789")))).toBe("y/Q5Jg==");
  });

  it("of two pieces is that of the whole", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.uint8Array({ maxLength: 3000 }), (a, b) => {
        expect(joinCrc32(crc32(a), crc32(b), b.length)).toBe(crc32(Buffer.concat([a, b])));
      }),
    );
  });

  it("joins over lengths beyond 32 bits", () => {
    // Three pieces can be joined from either side.
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), fc.maxSafeNat(), (a, b, c, length) => {
        const bytes = Math.floor(length / 4);
        expect(joinCrc32(joinCrc32(a, b, bytes), c, bytes)).toBe(joinCrc32(a, joinCrc32(b, c, bytes), bytes * 2));
      }),
    );
  });

  it("is written and read as S3 does", () => {
    fc.assert(fc.property(fc.nat(0xffffffff), (crc) => decodeCrc32(encodeCrc32(crc)) === crc));
    expect(decodeCrc32("y/Q5Jg==-3x")).toBeUndefined();
  });
});
