import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareKeys, keyBehindPrefix } from "./key-order.ts";

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc
    .array(fc.constantFrom("a", "b", "\u0000", "é", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"), { maxLength: 5 })
    .map((characters) => characters.join("")),
);

describe("keys compare as S3 lists them", () => {
  it("by their bytes in UTF-8, whatever the Unicode", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
    );
  });
});

describe("the key behind a prefix", () => {
  it("sorts behind every key with it, and not behind any other that does", () => {
    fc.assert(
      fc.property(
        text.filter((prefix) => prefix !== ""),
        text,
        (prefix, key) => {
          const behind = keyBehindPrefix(prefix);
          if (behind === undefined) expect([...prefix].every((character) => character === "\u{10ffff}")).toBe(true);
          else {
            expect(compareKeys(prefix + key, behind)).toBeLessThan(0);
            const isBetween = compareKeys(key, prefix) >= 0 && compareKeys(key, behind) < 0;
            expect(isBetween).toBe(key.startsWith(prefix));
          }
        },
      ),
    );
  });

  it.each([
    ["logs/", "logs0"],
    ["\ud7ff", "\ue000"],
    ["a\u{10ffff}", "b"],
    ["\u{10ffff}", undefined],
    ["", undefined],
  ])("%j -> %j", (prefix, behind) => expect(keyBehindPrefix(prefix)).toBe(behind));
});
