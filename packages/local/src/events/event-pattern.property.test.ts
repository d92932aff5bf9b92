import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileEventPattern } from "./event-pattern.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "*", "\\", "/", "🚀"), maxLength: 12 });
const field = (comparison: unknown) => compileEventPattern({ f: [comparison] });
const escaped = (value: string) => value.replace(/[\\*]/g, "\\$&");

describe("for any texts", () => {
  it("a wildcard matches what its parts are cut out of", () => {
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 4 }),
        fc.array(text, { minLength: 3, maxLength: 3 }),
        (parts, gaps) => {
          const solid = parts.filter((part, index) => part !== "" || index === 0 || index === parts.length - 1);
          const pattern = solid.map(escaped).join("*");
          if (/(?:^|[^\\])(?:\\\\)*\*\*/.test(pattern)) return;
          const value = solid.map((part, index) => (index === 0 ? part : (gaps[index - 1] ?? "") + part)).join("");
          expect(field({ wildcard: pattern })({ f: value })).toBe(true);
        },
      ),
    );
  });

  it("a wildcard agrees with the regular expression of the same meaning", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[ab]{1,3}$/), { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[ab]{0,12}$/),
        (parts, value) => {
          const expected = new RegExp(`^${parts.join("[ab]*")}$`).test(value);
          expect(field({ wildcard: parts.join("*") })({ f: value })).toBe(expected);
        },
      ),
    );
  });

  it("prefix and suffix agree with the language's own", () => {
    fc.assert(
      fc.property(text, text, (value, part) => {
        expect(field({ prefix: part })({ f: value })).toBe(value.startsWith(part));
        expect(field({ suffix: part })({ f: value })).toBe(value.endsWith(part));
        expect(field({ "anything-but": part })({ f: value })).toBe(value !== part);
      }),
    );
  });
});
