import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nastyKey } from "../../test/nasty-keys.ts";
import { isRefused } from "../../test/simulated-bucket.ts";
import { compareKeys } from "./key-order.ts";
import { KeyPatterns } from "./key-patterns.ts";
import { isInside } from "./key-range.ts";
import { KeyScale } from "./key-scale.ts";

function patternsOf(keys: readonly string[]): KeyPatterns {
  const patterns = new KeyPatterns();
  for (const each of keys) patterns.learn(each);
  return patterns;
}

describe("a key to split at", () => {
  it("lies strictly within the range, whatever the keys, and is a StartAfter that S3 takes", () => {
    let told = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(nastyKey, { minLength: 3, maxLength: 8 }),
        fc.boolean(),
        fc.double({ min: 1, max: 1e12, noNaN: true }),
        (keys, isOpen, ahead) => {
          const sorted = keys.toSorted(compareKeys);
          const [first, after, through] = [sorted[0] as string, sorted[1] as string, sorted.at(-1) as string];
          const range = { after, through: isOpen ? null : through };
          const at = new KeyScale(range, { first, keys: 2 }, patternsOf(keys)).keyAhead(ahead);
          if (at === undefined) return;
          told++;
          expect(isInside(range, at)).toBe(true);
          expect(at.isWellFormed()).toBe(true);
          expect(isRefused(at)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
    expect(told).toBeGreaterThan(150);
  });

  it.each([
    ["where all keys begin with what S3 refuses", ["\u0001/0", "\u0001/5"]],
    ["where they differ behind that", ["a\u00850", "a\u00855"]],
  ])("is none %s", (_, keys) => {
    const [first = "", after = ""] = keys;
    const scale = new KeyScale({ after, through: null }, { first, keys: 5 }, patternsOf(keys));
    expect(scale.keyAhead(2)).toBeUndefined();
  });

  it("is told for keys longer than a number can count", () => {
    const after = `${"0f".repeat(500)}0`;
    const scale = new KeyScale(
      { after, through: null },
      { first: `${"0f".repeat(500)}`, keys: 1_000 },
      patternsOf([after]),
    );
    expect(scale.remainingKeys).toBeGreaterThan(1e100);
    expect(scale.keyAhead(scale.remainingKeys / 2)).toBe("5");
  });
});

describe("what is left of a range is told from its last page", () => {
  const hex = (share: number) =>
    Math.floor(share * 0x1_0000_0000)
      .toString(16)
      .padStart(8, "0");
  const samples = Array.from({ length: 40 }, (_, i) => hex(i / 40));

  it.each([
    [0.01, 99_000],
    [0.5, 50_000],
    [0.9, 10_000],
  ])("after %f of keys that are spread evenly", (share, left) => {
    const range = { after: hex(share), through: null };
    const scale = new KeyScale(range, { first: hex(share - 0.01), keys: 1_000 }, patternsOf(samples));
    expect(scale.remainingKeys / left).toBeCloseTo(1, 1);
    const middle = scale.keyAhead(scale.remainingKeys / 2) as string;
    expect(Number.parseInt(middle.padEnd(8, "0"), 16) / 0x1_0000_0000).toBeCloseTo((1 + share) / 2, 1);
    expect(middle.length).toBeLessThan(4);
  });

  it("and half of that, once the range is cut in half", () => {
    const scale = new KeyScale(
      { after: hex(0.2), through: null },
      { first: hex(0.19), keys: 1_000 },
      patternsOf(samples),
    );
    const half = scale.cutAt(scale.keyAhead(scale.remainingKeys / 2) as string);
    expect(half.remainingKeys / scale.remainingKeys).toBeCloseTo(0.5, 1);
  });
});

describe("what may stand at a position is learnt", () => {
  const alphabets = (keys: readonly string[], key: string) =>
    patternsOf(keys)
      .alphabets(key)
      .map((points) => String.fromCodePoint(...points));

  it.each([
    ["digits from one digit", ["a1"], "a1", ["a", "0123456789"]],
    ["hexadecimal digits from a digit and a letter up to f", ["1", "c"], "1", ["0123456789abcdef"]],
    ["letters from two letters", ["x", "k"], "k", ["abcdefghijklmnopqrstuvwxyz"]],
    [
      "digits and letters from a digit and a letter beyond f",
      ["1", "Z"],
      "1",
      ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    ],
    ["what comes behind a name", ["b/"], "b/", ["b", "/0"]],
    ["each segment for itself", ["1/a", "12/b"], "1/a", ["0123456789", "/0123456789", "abcdefghijklmnopqrstuvwxyz"]],
  ])("%s", (_, keys, key, expected) => expect(alphabets(keys, key)).toEqual(expected));

  it("what is the same behind many beginnings does not vary", () => {
    const keys = Array.from({ length: 20 }, (_, i) => `${String.fromCharCode(97 + i)}7x`);
    expect(alphabets(keys, "a7x")).toEqual(["abcdefghijklmnopqrstuvwxyz", "7", "x"]);
  });

  it("from some hundreds of characters at most, spread over all that were seen", () => {
    const points = Array.from({ length: 20_000 }, (_, i) => 0x4e00 + ((i * 7_919) % 20_000));
    const [learnt = []] = patternsOf(points.map((point) => String.fromCodePoint(point))).alphabets("写");
    expect(learnt.length).toBeLessThanOrEqual(512);
    expect(learnt.length).toBeGreaterThan(200);
    for (let from = 0x4e00; from < 0x4e00 + 20_000; from += 1_000) {
      expect(learnt.some((point) => point >= from && point < from + 1_000)).toBe(true);
    }
  });

  it("the neighbours of characters beyond ASCII", () => {
    expect(alphabets(["😀"], "😀")[0]).toContain("😿");
  });

  it.each(["~", "£", "°", "\ufffd", "\ufdcf", "\u{1fffd}"])(
    "beside %j there is nothing that S3 refuses to begin a listing behind",
    (character) => {
      expect(isRefused(alphabets([character], character)[0] as string)).toBe(false);
    },
  );
});
