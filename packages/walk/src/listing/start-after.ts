import { firstBytes } from "@longhaul/core/parts";

/** The longest key of S3, in bytes of UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

// Code points that a StartAfter may not hold: C0, DEL, C1, noncharacters, halves of surrogate pairs. A listing is a query
// whose answer repeats it as XML 1.0, which has no C0 and discourages the rest: https://www.w3.org/TR/xml/#charsets
// AWS documents no such rule. Real S3 was reported to answer 400 to such values.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f]|\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

/** Whether a code point may be part of a `StartAfter`. */
export function isSafePoint(point: number): boolean {
  return !UNSAFE.test(String.fromCodePoint(point));
}

/** Whether a listing may begin behind this text, so that real S3 does not refuse it. */
export function isStartAfter(text: string): boolean {
  return longestStartAfter(text) === text;
}

/**
 * The longest beginning of a text that may be a `StartAfter`. It sorts before the text, so a listing from there has all
 * that is behind the text, and perhaps more.
 */
export function longestStartAfter(text: string): string {
  const { index = text.length } = UNSAFE.exec(text) ?? {};
  // No character of JavaScript takes more than three bytes, halves of pairs included.
  return 3 * index <= MAX_KEY_BYTES ? text.slice(0, index) : firstBytes(text.slice(0, index), MAX_KEY_BYTES);
}

/** About half of a `StartAfter` that was refused, for the next try. The empty one lists from the first key. */
export function shorterStartAfter(startAfter: string): string {
  const characters = Array.from(startAfter);
  return characters.slice(0, characters.length >> 1).join("");
}
