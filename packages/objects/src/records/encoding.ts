import { EncodingError } from "./errors.ts";
import { binaryAt } from "./magic.ts";
import { utf8FaultAt } from "./utf8-fault.ts";

/** How many bytes of an object must be there (or its end) to tell its encoding. */
export const headBytes = 1_024;

interface WideEncoding {
  readonly name: string;
  /** Its name for `iconv`. */
  readonly charset: string;
  readonly unitBytes: 2 | 4;
  readonly isLittleEndian: boolean;
}

const UTF_16_LE: WideEncoding = {
  name: "UTF-16, little endian",
  charset: "UTF-16LE",
  unitBytes: 2,
  isLittleEndian: true,
};
const UTF_16_BE: WideEncoding = {
  name: "UTF-16, big endian",
  charset: "UTF-16BE",
  unitBytes: 2,
  isLittleEndian: false,
};
const UTF_32_LE: WideEncoding = {
  name: "UTF-32, little endian",
  charset: "UTF-32LE",
  unitBytes: 4,
  isLittleEndian: true,
};
const UTF_32_BE: WideEncoding = {
  name: "UTF-32, big endian",
  charset: "UTF-32BE",
  unitBytes: 4,
  isLittleEndian: false,
};

/**
 * Where the text of an object begins: behind a byte order mark of UTF-8, if there is one.
 *
 * @throws EncodingError if the object is UTF-16 or UTF-32, with or without a byte order mark, or no text at all.
 */
export function textStart(head: Uint8Array): number {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 3;
  const marked = markedEncoding(head);
  const binary = marked === undefined ? binaryAt(head) : undefined;
  if (binary !== undefined) throw new EncodingError(binary.name, binary.hint);
  const wide = marked ?? unmarkedEncoding(head);
  if (wide === undefined) return 0;
  throw new EncodingError(`text in ${wide.name}`, `convert it first, for example by iconv -f ${wide.charset} -t UTF-8`);
}

/** https://www.unicode.org/faq/utf_bom.html: the mark of UTF-32 LE begins with that of UTF-16 LE. */
function markedEncoding([a, b, c, d]: Uint8Array): WideEncoding | undefined {
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? UTF_32_LE : UTF_16_LE;
  if (a === 0xfe && b === 0xff) return UTF_16_BE;
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? UTF_32_BE : undefined;
}

/** How large a share of the units must be below U+0100, if the bytes could be UTF-8 with a NUL in it. */
const NARROW_SHARE = 1 / 2;

/**
 * The encoding of a text without a mark. Delimiters, digits, quotes, line ends and the letters of most languages' markup are
 * below U+0100, so every other byte (three of four in UTF-32) is often 0, which text in UTF-8 never has.
 */
function unmarkedEncoding(head: Uint8Array): WideEncoding | undefined {
  if (!head.includes(0)) return undefined;
  // A character of UTF-8 may be cut at the end.
  const mayBeUtf8 = utf8FaultAt(head) > head.length - 4;
  let most = 0;
  let likely: WideEncoding | undefined;
  for (const encoding of [UTF_32_LE, UTF_32_BE, UTF_16_LE, UTF_16_BE]) {
    const narrow = narrowUnits(head, encoding) ?? 0;
    const units = Math.floor(head.length / encoding.unitBytes);
    if (narrow <= most || (mayBeUtf8 && narrow < units * NARROW_SHARE)) continue;
    most = narrow;
    likely = encoding;
  }
  return likely;
}

/** How many units are below U+0100; `undefined` if the bytes are no text in this encoding. */
function narrowUnits(head: Uint8Array, { unitBytes, isLittleEndian }: WideEncoding): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  let narrow = 0;
  let isAfterHighSurrogate = false;
  for (let at = 0; at + unitBytes <= head.length; at += unitBytes) {
    const unit = unitBytes === 2 ? view.getUint16(at, isLittleEndian) : view.getUint32(at, isLittleEndian);
    if (unit === 0 || unit > 0x10ffff) return undefined;
    const isSurrogate = unit >= 0xd800 && unit <= 0xdfff;
    const isLow = isSurrogate && unit >= 0xdc00;
    if (isLow !== isAfterHighSurrogate || (isSurrogate && unitBytes === 4)) return undefined;
    isAfterHighSurrogate = isSurrogate && !isLow;
    if (unit < 0x100) narrow++;
  }
  return narrow;
}
