import { isUtf8 } from "node:buffer";
import { type BrokenReason, BrokenRecordError, EncodingError, type RecordPlace } from "./errors.ts";
import { excerptOf } from "./excerpt.ts";
import { assertHeld, parseExactly } from "./json-value.ts";
import type { ReadPosition } from "./position.ts";
import { RecordFaultError, recordFaults } from "./record-fault.ts";
import { utf8FaultAt } from "./utf8-fault.ts";

/** How the bytes of a record become text and a value; one per format. */
export interface RecordDecoder {
  /** @throws RecordFaultError or SyntaxError if the text is no record of this format. */
  valueOf(text: string): unknown;
  /** As `valueOf`, for a text with a number that a double may not hold. Absent where the format has no numbers. */
  readonly exactValueOf?: (text: string) => unknown;
  /** The position between two neighbours of a batch whose end is `end`. */
  positionBetween(before: RecordPlace, after: RecordPlace, end: ReadPosition): ReadPosition;
}

const replacement = "\uFFFD";

/** The text of `bytes[start..end)`, refusing what is not UTF-8 instead of replacing it silently. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  // Only a text with a replacement character can have been broken, and one may also have been written on purpose.
  if (text.includes(replacement) && !isUtf8(bytes.subarray(start, end))) {
    throw new RecordFaultError("utf8", undefined, utf8FaultAt(bytes.subarray(start, end)));
  }
  return text;
}

/** Refuses a text with a NUL: it is binary, or text in UTF-16 further on. */
export function assertNoNul(bytes: Buffer, start: number, end: number): void {
  const at = bytes.subarray(start, end).indexOf(0);
  if (at !== -1) throw new RecordFaultError("nul", undefined, at);
}

/** The fault at a byte of a text, for a message: its place and its likely cause. */
function byteFault(reason: BrokenReason, at: number, bytes: Uint8Array, base: number): string {
  if (reason === "nul") return `has a NUL byte at byte ${base + at}: it is no text, or text in UTF-16`;
  const hex = (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return `is not UTF-8 at byte ${base + at} (0x${hex}): ${OTHER_CHARSET}`;
}

const OTHER_CHARSET =
  "if it is Latin-1 or Windows-1252, convert the object first, for example by iconv -f WINDOWS-1252 -t UTF-8";

/**
 * The text of a part of the object that is no record, such as a header row; `byte` is where it begins.
 *
 * @throws EncodingError if it is no text in UTF-8.
 */
export function documentText(bytes: Buffer, byte: number): string {
  try {
    assertNoNul(bytes, 0, bytes.length);
    return textOf(bytes, 0, bytes.length);
  } catch (fault) {
    if (!(fault instanceof RecordFaultError) || fault.at === undefined) throw fault;
    const hex = (bytes[fault.at] ?? 0).toString(16).padStart(2, "0");
    const hint = fault.reason === "nul" ? "it may be UTF-16, which is to be converted first" : OTHER_CHARSET;
    throw new EncodingError(`no text in UTF-8: byte ${byte + fault.at} is 0x${hex}`, hint, { cause: fault });
  }
}

/** The error for a record that a scanner or a decoder found at fault. */
export function brokenRecord(fault: unknown, place: RecordPlace, bytes: Uint8Array): BrokenRecordError {
  if (fault instanceof RecordFaultError) {
    const detail = fault.at === undefined ? fault.message : byteFault(fault.reason, fault.at, bytes, place.byte);
    return new BrokenRecordError(fault.reason, place, excerptOf(bytes), detail);
  }
  if (fault instanceof SyntaxError) {
    return new BrokenRecordError("json", place, excerptOf(bytes), recordFaults.json, { cause: fault });
  }
  throw fault;
}

/** The reaction to a number that a double cannot hold. */
export type NumberPolicy = "refuse" | "text" | "nearest";

/** NDJSON: a record is a line of JSON. */
export function jsonLineDecoder(numbers: NumberPolicy): RecordDecoder {
  return { ...jsonValues(numbers), positionBetween: startOfLine };
}

/** Plain lines: a record is its text. */
export const lineDecoder: RecordDecoder = { valueOf: (text) => text, positionBetween: startOfLine };

/** Elements of a JSON array. Reading continues before the comma, as it does at the end of a batch. */
export function elementDecoder(numbers: NumberPolicy): RecordDecoder {
  return {
    ...jsonValues(numbers),
    positionBetween: (before, _after, end) => ({ ...end, record: before.record + 1, byte: before.endByte }),
  };
}

function jsonValues(numbers: NumberPolicy): Pick<RecordDecoder, "valueOf" | "exactValueOf"> {
  const parsed: Pick<RecordDecoder, "valueOf"> = { valueOf: (text) => JSON.parse(text) };
  if (numbers === "nearest") return parsed;
  if (numbers === "text") return { ...parsed, exactValueOf: parseExactly };
  return {
    ...parsed,
    exactValueOf(text) {
      const value = parseExactly(text);
      assertHeld(value);
      return value;
    },
  };
}

/** For formats of lines: reading continues where the next record begins; the rest of the position stays. */
export function startOfLine(_before: RecordPlace, after: RecordPlace, end: ReadPosition): ReadPosition {
  return { ...end, record: after.record, byte: after.byte };
}
