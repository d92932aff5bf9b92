import { describe, expect, it } from "vitest";
import { crc32, encodeCrc32 } from "./crc32.ts";
import { partsOfWhole, type UploadedPart } from "./uploaded-parts.ts";

const content = Buffer.from("0123456789abcdefghij-xyz");
const whole = { bytes: content.length, partBytes: 10, crc32: crc32(content) };
const part = (number: number, from: number, to: number): UploadedPart => ({
  number,
  bytes: to - from,
  etag: `etag-${number}`,
  crc32: encodeCrc32(crc32(content.subarray(from, to))),
});
const parts = [part(1, 0, 10), part(2, 10, 20), part(3, 20, 24)];

describe("what S3 holds is compared with what was written", () => {
  it("is right if all parts are there, in any order, whatever lies behind the end", () => {
    expect(partsOfWhole([...parts].reverse(), whole)).toEqual(parts);
    expect(partsOfWhole([...parts, part(4, 0, 10)], whole)).toEqual(parts);
    const first = { bytes: 20, partBytes: 10, crc32: crc32(content.subarray(0, 20)) };
    expect(partsOfWhole(parts, first)).toEqual(parts.slice(0, 2));
  });

  it.each([
    ["a part is missing", parts.slice(0, 2), "part 3 of 3 is missing"],
    ["a part is short", [parts[0]!, part(2, 10, 19), parts[2]!], "part 2 has 9 bytes instead of 10"],
    ["the last part is another attempt's", [...parts.slice(0, 2), part(3, 10, 20)], "part 3 has 10 bytes instead of 4"],
    ["a part has other bytes", [{ ...part(1, 5, 15), number: 1 }, ...parts.slice(1)], "overwritten with other bytes"],
  ])("is refused if %s", (_case, uploaded, fault) => {
    expect(partsOfWhole(uploaded, whole)).toEqual({ fault: expect.stringContaining(fault) });
  });

  it("is compared by size alone where S3 lists no CRC-32", () => {
    const unsummed = parts.map((one) => ({ ...one, crc32: undefined }));
    expect(partsOfWhole(unsummed, { ...whole, crc32: 1 })).toEqual(unsummed);
  });
});
