import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nastyKey } from "../../test/nasty-keys.ts";
import { isRefused } from "../../test/simulated-bucket.ts";
import { isSafePoint, isStartAfter, longestStartAfter, shorterStartAfter } from "./start-after.ts";

describe("a StartAfter that is made up", () => {
  it.each([
    ["all of a key that is plain text", "a/£ ° © ~ \ufffd ﷺ 😀 \ufdcf\ufdf0", "a/£ ° © ~ \ufffd ﷺ 😀 \ufdcf\ufdf0"],
    ["what is before a control character", "a/b\u0001c", "a/b"],
    ["nothing before one at the beginning", "\u0000a", ""],
    ["what is before a tabulator, which XML has", "a\tb", "a"],
    ["what is before DEL", "a\u007fb", "a"],
    ["what is before a C1 control", "a\u0085b", "a"],
    ["what is before a noncharacter", "a\ufdd0b", "a"],
    ["what is before the last of the first plane", "a\uffffb", "a"],
    ["what is before the last of another plane", "a😀\u{1fffe}b", "a😀"],
    ["what is before half a pair", "a\ud800b", "a"],
  ])("has %s", (_, key, expected) => expect(longestStartAfter(key)).toBe(expected));

  it.each(["é", "写", "😀"])("has at most 1,024 bytes, and whole characters: %s", (character) => {
    const made = longestStartAfter(`a${character.repeat(1_000)}`);
    expect(Buffer.byteLength(made)).toBeLessThanOrEqual(1_024);
    expect(Buffer.byteLength(made + character)).toBeGreaterThan(1_024);
    expect(made.isWellFormed()).toBe(true);
  });

  it("has what S3 takes, and all of it, whatever the key", () => {
    fc.assert(
      fc.property(nastyKey, (key) => {
        const made = longestStartAfter(key);
        expect(key.startsWith(made) && !isRefused(made)).toBe(true);
        const next = Array.from(key.slice(made.length))[0];
        expect(next === undefined || isRefused(made + next)).toBe(true);
        expect(isStartAfter(key)).toBe(!isRefused(key));
      }),
      { numRuns: 1_000 },
    );
  });

  it("judges each code point of Unicode as S3 is reported to", () => {
    const differing: number[] = [];
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      if (isSafePoint(point) === isRefused(String.fromCodePoint(point))) differing.push(point);
    }
    expect(differing).toEqual([]);
  });
});

describe("a StartAfter that was refused", () => {
  it("becomes half as long, by whole characters, and in the end empty", () => {
    const tries = ["ab😀cd"];
    while (tries.at(-1) !== "") tries.push(shorterStartAfter(tries.at(-1) as string));
    expect(tries).toEqual(["ab😀cd", "ab", "a", ""]);
  });
});
