import fc from "fast-check";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

/** A character of each general category of Unicode, and those at the edges of what XML 1.0 and UTF-16 tell apart. */
const CHARACTERS: readonly string[] = [
  ...[..."\u0000\u0001\t\n\r\u001f\u007f\u0080\u0085\u009f"],
  ...[..." \u00a0\u2028\u2029\u3000\u00ad\u200b\u200e\u202e\ufeff"],
  ...[..."Aaǅʰª٣Ⅷ½_-([«»)]!§+<$^¦\u0301\u0903\u20dd"],
  ...["~", "£", "©", "°", "ﷺ", "\ufdcf", "\ufdd0", "\ufdd5", "\ufdef", "\ufdf0", "\ufffd", "\ufffe", "\uffff"],
  ...[
    "\ud7ff",
    "\ue000",
    "\u0378",
    "\u{10000}",
    "😀",
    "\u{1fffd}",
    "\u{1fffe}",
    "\u{e0001}",
    "\u{f0000}",
    "\u{10ffff}",
  ],
];

const character = fc.oneof(
  fc.constantFrom(..."0123456789abcdef/-=.xyz"),
  fc.constantFrom(...CHARACTERS),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);

/** Short keys of any characters that S3 can hold. */
export const nastyKey = fc
  .array(character, { minLength: 1, maxLength: 10 })
  .map((characters) => characters.join("").toWellFormed());

/** Keys that are as long as S3 takes them, or nearly so, and differ in a few characters. */
const longKey = fc
  .tuple(fc.constantFrom("a", "é", "写", "😀", "\u0001", "\u0085"), nastyKey, nastyKey)
  .map(([filling, first, last]) => {
    const room = MAX_KEY_BYTES - Buffer.byteLength(first) - Buffer.byteLength(last);
    return first + filling.repeat(Math.floor(room / Buffer.byteLength(filling))) + last;
  });

/** The keys of a bucket. */
export const nastyKeys = fc.oneof(
  fc.uniqueArray(nastyKey, { maxLength: 200 }),
  fc.uniqueArray(longKey, { maxLength: 60 }),
  // Many that lie close together, below a prefix that no StartAfter can hold.
  fc.tuple(nastyKey, fc.nat(200)).map(([prefix, count]) => Array.from({ length: count }, (_, i) => `${prefix}${i}`)),
  fc
    .tuple(fc.constantFrom(...CHARACTERS), fc.nat(300))
    .map(([character, count]) =>
      Array.from({ length: count }, (_, i) => `a${character}${String(i).padStart(4, "0")}${character}`),
    ),
);
