import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineBuffer } from "./line-buffer.ts";

const line = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.tuple(fc.string({ unit: "grapheme", minLength: 1 }), fc.nat(20_000)).map(([text, times]) => text.repeat(times)),
);

describe("lines gathered as bytes", () => {
  it("are those that were added since the last time, in UTF-8, whatever their lengths", () => {
    fc.assert(
      fc.property(fc.array(fc.array(line, { maxLength: 20 }), { maxLength: 5 }), (batches) => {
        const buffer = new LineBuffer();
        for (const lines of batches) {
          for (const text of lines) buffer.add(text);
          expect(Buffer.from(buffer.take()).equals(Buffer.from(lines.join("")))).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
