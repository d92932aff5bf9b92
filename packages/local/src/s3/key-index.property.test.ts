import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyIndex } from "./key-index.ts";
import { compareKeys } from "./key-order.ts";

type Step =
  | { readonly do: "set"; readonly key: string; readonly value: number }
  | { readonly do: "delete" | "get" | "seek" | "seekPast"; readonly key: string };

const key = fc.string({ unit: fc.constantFrom("a", "b", "c", "/", "😀", "\u{ff5e}"), maxLength: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("set" as const), key, value: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("delete" as const, "get", "seek", "seekPast"), key }) },
);

function check(index: KeyIndex<number>, model: Map<string, number>, each: Step): void {
  const sorted = [...model.keys()].sort(compareKeys);
  switch (each.do) {
    case "set":
      expect(index.set(each.key, each.value)).toBe(model.get(each.key));
      model.set(each.key, each.value);
      break;
    case "delete":
      expect(index.delete(each.key)).toBe(model.get(each.key));
      model.delete(each.key);
      break;
    case "get":
      expect(index.get(each.key)).toBe(model.get(each.key));
      break;
    case "seek":
      expect(index.seek(each.key).key).toBe(sorted.find((other) => compareKeys(other, each.key) >= 0));
      break;
    case "seekPast": {
      const cursor = index.seek("");
      cursor.seekPastPrefix(each.key);
      expect(cursor.key).toBe(sorted.find((other) => !other.startsWith(each.key) && compareKeys(other, each.key) > 0));
      break;
    }
  }
  expect(index.size).toBe(model.size);
}

describe("the key index is a sorted map", () => {
  it("whatever is done to it", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const index = new KeyIndex<number>();
        const model = new Map<string, number>();
        for (const each of steps) check(index, model, each);
        expect([...index.entries()].map(([name]) => name)).toEqual([...model.keys()].sort(compareKeys));
      }),
      { numRuns: 500 },
    );
  });

  it("also across many chunks, filled and emptied in any order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9973 }), fc.constantFrom(1, 7, 4999), (start, stride) => {
        const index = new KeyIndex<number>();
        const count = 5000;
        const name = (at: number): string => `k${String((start + at * stride) % 10_007).padStart(6, "0")}`;
        const names = new Set<string>();
        for (let at = 0; at < count; at++) {
          index.set(name(at), at);
          names.add(name(at));
        }
        expect([...index.entries()].map(([each]) => each)).toEqual([...names].sort());
        for (let at = 0; at < count; at += 2) {
          index.delete(name(at));
          names.delete(name(at));
        }
        expect([...index.entries()].map(([each]) => each)).toEqual([...names].sort());
        expect(index.size).toBe(names.size);
        for (const each of names) index.delete(each);
        expect(index.seek("").key).toBeUndefined();
      }),
      { numRuns: 10 },
    );
  });
});
