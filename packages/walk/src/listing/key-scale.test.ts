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
    expect(scale.keyAhead(scale.remainingKeys / 2)).toMatch(/^(0f)*0?[1-9a-g]$/);
  });
});

/** Hexadecimal digits of a number from 0 to 1. */
const hex = (share: number) =>
  Math.floor(share * 0x1_0000_0000)
    .toString(16)
    .padStart(8, "0");
const shareOf = (digits: string) => Number.parseInt(digits.padEnd(8, "0"), 16) / 0x1_0000_0000;

describe("what is left of a range is told from its last page", () => {
  // Spread over all, with no regularity.
  const samples = Array.from({ length: 60 }, (_, i) => hex((i * 0.618_034) % 1));

  it.each([
    [0.01, 99_000],
    [0.5, 50_000],
    [0.9, 10_000],
  ])("after %f of keys that are spread evenly", (share, left) => {
    // That nothing comes behind the digits, it found out before.
    const range = { after: hex(share), through: "g" };
    const scale = new KeyScale(range, { first: hex(share - 0.01), keys: 1_000 }, patternsOf(samples));
    expect(scale.remainingKeys / left).toBeGreaterThan(0.7);
    expect(scale.remainingKeys / left).toBeLessThan(1.4);
    const middle = scale.keyAhead(scale.remainingKeys / 2) as string;
    expect(shareOf(middle)).toBeCloseTo((1 + share) / 2, 1);
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

describe("a date that a key has twice", () => {
  /** The key of an hour since 2024. */
  const log = (hour: number) => {
    const [date = "", time = ""] = new Date(Date.UTC(2024, 0, 1, hour)).toISOString().split("T");
    return `logs/${date.replaceAll("-", "/")}/elb_${date}T${time}.gz`;
  };
  // 100 keys an hour, in pages of five hours.
  const pages = Array.from({ length: 40 }, (_, i) => [0, 1, 2, 3, 4].map((hour) => log(i * 53 + hour)));
  const patterns = patternsOf(pages.flat());
  for (const page of pages)
    for (let i = 1; i < page.length; i++) patterns.compare(page[i - 1] as string, page[i] as string);

  it("counts once where the rest of a range is estimated", () => {
    const range = { after: log(5 * 24 + 12), through: log(15 * 24 + 12) };
    const scale = new KeyScale(range, { first: log(5 * 24 + 7), keys: 500 }, patterns);
    expect(scale.remainingKeys / 24_000).toBeGreaterThan(0.5);
    expect(scale.remainingKeys / 24_000).toBeLessThan(2);
    const middle = scale.keyAhead(scale.remainingKeys / 2) as string;
    expect(middle > log(8 * 24) && middle < log(13 * 24)).toBe(true);
  });
});

it("a position that follows from others is passed over where a key is read as a number", () => {
  const points = Array.from("0123456789", (digit) => digit.charCodeAt(0));
  const guesses = [false, true, false].map((isFollower) => ({ points, isFollower }));
  const scale = new KeyScale({ after: "209", through: null }, { first: "100", keys: 19 }, { guesses: () => guesses });
  // From 1.0 to 2.9 are 19 keys; up to 10.0 there are 71.
  expect(scale.remainingKeys).toBeCloseTo(71);
});

describe("what may stand at a position is learnt", () => {
  const alphabets = (keys: readonly string[], key: string) =>
    patternsOf(keys)
      .guesses(key)
      .map(({ points }) => String.fromCodePoint(...points));

  it.each([
    ["digits from one digit, and what may come behind them", ["a1"], "a1", ["a", "0123456789A"]],
    ["hexadecimal digits from a digit and a letter up to f", ["1", "c"], "1", ["0123456789abcdefg"]],
    ["letters from two letters", ["x", "k"], "k", ["abcdefghijklmnopqrstuvwxyz"]],
    [
      "digits and letters from a digit and a letter beyond f",
      ["1", "Z"],
      "1",
      ["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZa"],
    ],
    ["what comes behind a name", ["b/"], "b/", ["b", "/0"]],
    ["each segment for itself", ["1/a", "12/b"], "1/a", ["0123456789A", "/0123456789A", "abcdefghijklmnopqrstuvwxyz"]],
  ])("%s", (_, keys, key, expected) => expect(alphabets(keys, key)).toEqual(expected));

  it("what stands behind many beginnings is all that may stand there", () => {
    const tens = Array.from({ length: 60 }, (_, i) => `${String.fromCharCode(97 + (i % 26))}${i % 3}`);
    expect(alphabets(tens, "a0")[1]).toBe("012");
  });

  it("what is the same behind many beginnings does not vary", () => {
    const keys = Array.from({ length: 20 }, (_, i) => `${String.fromCharCode(97 + i)}7x`);
    expect(alphabets(keys, "a7x")).toEqual(["abcdefghijklmnopqrstuvwxyz", "7", "x"]);
  });

  it("from some hundreds of characters at most, spread over all that were seen", () => {
    const points = Array.from({ length: 20_000 }, (_, i) => 0x4e00 + ((i * 7_919) % 20_000));
    const [learnt] = patternsOf(points.map((point) => String.fromCodePoint(point))).guesses("写");
    expect(learnt?.points.length).toBeLessThanOrEqual(1_024);
    expect(learnt?.points.length).toBeGreaterThan(200);
    for (let from = 0x4e00; from < 0x4e00 + 20_000; from += 1_000) {
      expect(learnt?.points.some((point) => point >= from && point < from + 1_000)).toBe(true);
    }
  });

  it("the script of a few Chinese characters, by some of its characters, and what may come behind them", () => {
    const [points = ""] = alphabets(["写", "真", "图"], "写");
    const chinese = Array.from(points, (character) => character.codePointAt(0) as number);
    expect(chinese.length).toBeLessThan(500);
    for (let from = 0x56fe; from < 0x7800; from += 0x40) {
      expect(chinese.some((point) => point >= from && point < from + 0x40)).toBe(true);
    }
  });

  it.each([20, 150, 250])("each for itself, behind %i others too", (length) => {
    const name = "d".repeat(length);
    expect(alphabets([`${name}1x`], `${name}1x`).slice(-2)).toEqual(["0123456789A", "x"]);
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
