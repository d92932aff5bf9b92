import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys } from "./key-order.ts";

describe("keys sort in UTF-8 binary order", () => {
  it("agrees with comparing the bytes, for any two strings", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
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
