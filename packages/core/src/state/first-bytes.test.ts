import { describe, expect, it } from "vitest";
import { firstBytes } from "./first-bytes.ts";

describe("firstBytes() is as much of a text as fits", () => {
  it.each([
    ["all of one that fits", "aä", 3, "aä"],
    ["not a part of a character", "aä", 2, "a"],
    ["not half of a pair", "a🚀b", 4, "a"],
    ["nothing where nothing fits", "🚀", 3, ""],
  ])("%s", (_, text, maxBytes, expected) => {
    expect(firstBytes(text, maxBytes)).toBe(expected);
  });
});
