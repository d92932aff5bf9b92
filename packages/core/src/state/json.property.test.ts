import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StateError } from "../errors.ts";
import { fromJson, toJson } from "./json.ts";

/** Values JSON would change: `-0` aside, whose sign nobody counts on. */
const odd = fc.constantFrom<unknown>(
  undefined,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  1n,
  new Date(0),
  new Map(),
  () => 1,
);
const state = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), { arbitrary: odd, weight: 1 }, tie("list"), tie("object")),
  list: fc.array(tie("any"), { maxLength: 4 }),
  object: fc.dictionary(fc.string(), tie("any"), { maxKeys: 4 }),
})).any;

/** A value without what JSON rightly leaves out: properties that are `undefined`. */
function withoutAbsent(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsent);
  if (typeof value !== "object" || value === null) return value === 0 ? 0 : value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutAbsent(inner)]));
}

describe("any value", () => {
  it("comes back from JSON as it was, or is refused by its path", () => {
    fc.assert(
      fc.property(state, (value) => {
        let text: string;
        try {
          text = toJson(value);
        } catch (error) {
          expect(error).toBeInstanceOf(StateError);
          expect((error as StateError).path).toMatch(/^state/);
          return;
        }
        expect(text).toBe(JSON.stringify(value));
        expect(withoutAbsent(fromJson(text))).toEqual(withoutAbsent(value));
      }),
      { numRuns: 500 },
    );
  });

  it("that is JSON already is taken", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void toJson(value)));
  });
});
