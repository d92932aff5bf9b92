import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "./key-order.ts";

/** Any code point, often one where UTF-8 and UTF-16 disagree; surrogates alone are no text. */
const codePoint = fc.oneof(
  fc.integer({ min: 0, max: 0xd7ff }),
  fc.integer({ min: 0xe000, max: 0x10ffff }),
  fc.constantFrom(0x61, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x1f600),
);
const text = fc.array(codePoint, { maxLength: 6 }).map((points) => String.fromCodePoint(...points));

describe("keys sort in UTF-8 binary order", () => {
  it("agrees with comparing the bytes, for any two strings", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it("puts an emoji after U+FF5E, where UTF-16 order puts it before", () => {
    expect(compareKeys("😀", "\u{ff5e}")).toBeGreaterThan(0);
    expect("😀" < "\u{ff5e}").toBe(true);
  });
});
