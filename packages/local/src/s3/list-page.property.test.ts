import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyIndex } from "./key-index.ts";
import { compareKeys } from "./key-order.ts";
import { decodeToken, encodeToken, type ListPosition, type ListQuery, listPage, positionAfter } from "./list-page.ts";

/** Few characters, so that prefixes, delimiters and neighbours happen; two of them sort differently in UTF-16. */
const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "-", "\u{ff5e}", "😀"), maxLength: 8 });
const keys = fc.uniqueArray(
  key.filter((each) => each !== ""),
  { maxLength: 60 },
);
const prefix = fc.string({ unit: fc.constantFrom("a", "b", "/", "😀"), maxLength: 3 });
const delimiter = fc.constantFrom("", "/", "-", "//", "a");

/** A listing done the slow way: sort everything, roll up, then cut. */
function modelOf(all: readonly string[], query: Omit<ListQuery, "maxKeys" | "from">, startAfter: string): string[] {
  const results: string[] = [];
  for (const each of [...all].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
    if (!each.startsWith(query.prefix)) continue;
    const at = query.delimiter === "" ? -1 : each.indexOf(query.delimiter, query.prefix.length);
    const result = at === -1 ? each : `${each.slice(0, at + query.delimiter.length)}…`;
    const bare = result.replace(/…$/, "");
    const isAfter = startAfter === "" || (compareKeys(bare, startAfter) > 0 && compareKeys(each, startAfter) > 0);
    if (isAfter && results.at(-1) !== result) results.push(result);
  }
  return results;
}

function indexOf(all: readonly string[]): KeyIndex<number> {
  const index = new KeyIndex<number>();
  for (const [at, each] of all.entries()) index.set(each, at);
  return index;
}

function walk(index: KeyIndex<number>, query: Omit<ListQuery, "from">, from: ListPosition | undefined): string[] {
  const results: string[] = [];
  let position = from;
  for (let pages = 0; pages < 1000; pages++) {
    const page = listPage(index, { ...query, from: position });
    const merged = [...page.contents.map(([each]) => each), ...page.commonPrefixes.map((each) => `${each}…`)];
    expect(merged.length).toBeLessThanOrEqual(query.maxKeys);
    merged.sort((a, b) => compareKeys(a.replace(/…$/, ""), b.replace(/…$/, "")));
    results.push(...merged);
    if (page.next === undefined) return results;
    expect(merged.length).toBe(query.maxKeys);
    position = decodeToken(encodeToken(page.next));
  }
  throw new Error("the listing does not end");
}

describe("a listing in pages is the whole listing", () => {
  it("for any keys, prefix, delimiter, start and page size", () => {
    fc.assert(
      fc.property(keys, prefix, delimiter, key, fc.integer({ min: 1, max: 9 }), (all, p, d, startAfter, maxKeys) => {
        const from = startAfter === "" ? undefined : positionAfter(startAfter, p, d);
        const results = walk(indexOf(all), { prefix: p, delimiter: d, maxKeys }, from);
        expect(results).toEqual(modelOf(all, { prefix: p, delimiter: d }, startAfter));
      }),
      { numRuns: 2000 },
    );
  });

  it("steps over a common prefix by one seek, not key by key", () => {
    const index = new KeyIndex<number>();
    for (let at = 0; at < 20_000; at++) index.set(`a/${String(at).padStart(6, "0")}`, at);
    index.set("b", 0);
    const steps: string[] = [];
    const counting = {
      seek(from: string) {
        const cursor = index.seek(from);
        return {
          get key() {
            return cursor.key;
          },
          get value() {
            return cursor.value;
          },
          next() {
            steps.push("next");
            cursor.next();
          },
          seekPastPrefix(past: string) {
            steps.push(`past ${past}`);
            cursor.seekPastPrefix(past);
          },
        };
      },
    };
    const page = listPage(counting, { prefix: "", delimiter: "/", maxKeys: 1000, from: undefined });
    expect(page).toMatchObject({ commonPrefixes: ["a/"], contents: [["b", 0]], next: undefined });
    expect(steps).toEqual(["past a/", "next"]);
  });
});

describe("a continuation token", () => {
  it("is refused if it is not one of ours", () => {
    const token = encodeToken({ afterKey: "some/key" });
    for (const foreign of [
      "x",
      "AAAA",
      token.slice(1),
      `${token}A`,
      token.replace(/^./, (c) => (c === "A" ? "B" : "A")),
    ]) {
      expect(() => decodeToken(foreign)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    }
  });
});
