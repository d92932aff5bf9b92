import { numberMarks } from "./number-marks.ts";
import { RUN_BYTES } from "./number-module.ts";
import { isHeldByDouble } from "./number-text.ts";
import { isShortestDecimal } from "./shortest-decimal.ts";

/** Digits, `+ - .`, `e` and `E`. */
const isNumeric = tableOf("0123456789+-.eE");
const isDigit = tableOf("0123456789");
/** The bytes that can precede a number in JSON, other than its minus. */
const mayPrecede = tableOf(":,[ \t\r\n");
const LETTER = 0x40;

/** Exponents of fewer digits cannot lead out of what doubles hold, with a mantissa of less than 16 digits. */
const EXPONENT_DIGITS = 3;

/**
 * Finds the records of a batch in which a number may stand that a double cannot hold. One scan of the bytes finds where to
 * look; what is found there is looked at closer. The rest lies between JSON's delimiters: a number, or the like of one
 * within a text.
 */
export class SuspectNumbers {
  readonly #bytes: Buffer;
  readonly #text: string;
  readonly #marks: Int32Array;
  /** The first mark that may lie in or behind the record asked for last. */
  #next = 0;

  /** `text`: the bytes as text, a character for each byte. */
  constructor(bytes: Buffer, text: string) {
    this.#bytes = bytes;
    this.#text = text;
    this.#marks = numberMarks(bytes);
  }

  /** Whether there is one in the record from `start` to `end`. Records in order are quickest. */
  isIn(start: number, end: number): boolean {
    const marks = this.#marks;
    let next = this.#next;
    if (next > 0 && marks[next - 1]! >= start) next = 0;
    while (next < marks.length && marks[next]! < start) next++;
    let isSuspect = false;
    while (!isSuspect && next < marks.length && marks[next]! < end) {
      isSuspect = isSuspectAt(this.#bytes, this.#text, marks[next]!, start, end);
      next++;
    }
    this.#next = next;
    return isSuspect;
  }
}

/** Whether the mark lies in a number that a double cannot hold, which lies in the record from `start` to `end`. */
function isSuspectAt(bytes: Buffer, text: string, mark: number, start: number, end: number): boolean {
  let first = mark;
  if (bytes[mark]! < LETTER) first -= Math.min(RUN_BYTES - 1, mark - start);
  else if (!isLongExponent(bytes, mark + 1, end)) return false;
  while (first > start && isNumeric[bytes[first - 1]!] === 1) first--;
  if (first > start && mayPrecede[bytes[first - 1]!] !== 1) return false;
  let after = mark + 1;
  while (after < end && isNumeric[bytes[after]!] === 1) after++;
  const number = text.slice(first, after);
  return !isShortestDecimal(bytes, first, after, Number(number)) && !isHeldByDouble(number);
}

function isLongExponent(bytes: Buffer, at: number, end: number): boolean {
  let digits = isDigit[bytes[at]!] === 1 ? at : at + 1;
  const enough = digits + EXPONENT_DIGITS;
  while (digits < end && digits < enough && isDigit[bytes[digits]!] === 1) digits++;
  return digits === enough;
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
