import { isUtf8 } from "node:buffer";
import { type BrokenReason, BrokenRecordError, type RecordPlace } from "./errors.ts";
import { excerptOf } from "./excerpt.ts";
import type { ReadPosition } from "./position.ts";

/** How the bytes of a record become text and a value; one per format. */
export interface RecordDecoder {
  /** @throws RecordFaultError or SyntaxError if the text is no record of this format. */
  valueOf(text: string): unknown;
  /** The position between two neighbours of a batch whose end is `end`. */
  positionBetween(before: RecordPlace, after: RecordPlace, end: ReadPosition): ReadPosition;
}

/** Thrown by a decoder, which does not know where its record stands; {@link brokenRecord} adds that. */
export class RecordFaultError extends Error {
  readonly reason: BrokenReason;

  constructor(reason: BrokenReason, detail?: string) {
    super(detail ?? details[reason]);
    this.reason = reason;
  }
}

const details: Readonly<Record<BrokenReason, string>> = {
  json: "is not JSON",
  utf8: "is not UTF-8",
  "csv-lone-quote": "has a quote that neither opens nor closes a field",
  "csv-unterminated-quote": "opens a quoted field that never closes",
  "csv-column-count": "has the wrong number of columns",
  "too-large": "is too large",
};

const replacement = "\uFFFD";

/** The text of `bytes[start..end)`, refusing what is not UTF-8 instead of replacing it silently. */
export function textOf(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString("utf8", start, end);
  // Only a text with a replacement character can have been broken, and one may also have been written on purpose.
  if (text.includes(replacement) && !isUtf8(bytes.subarray(start, end))) throw new RecordFaultError("utf8");
  return text;
}

/** The error for a record that a scanner or a decoder found at fault. */
export function brokenRecord(fault: unknown, place: RecordPlace, bytes: Uint8Array): BrokenRecordError {
  if (fault instanceof RecordFaultError)
    return new BrokenRecordError(fault.reason, place, excerptOf(bytes), fault.message);
  if (fault instanceof SyntaxError) {
    return new BrokenRecordError("json", place, excerptOf(bytes), details.json, { cause: fault });
  }
  throw fault;
}

/** NDJSON: a record is a line of JSON. */
export const jsonLineDecoder: RecordDecoder = { valueOf: parseJson, positionBetween: startOfLine };

/** Plain lines: a record is its text. */
export const lineDecoder: RecordDecoder = { valueOf: (text) => text, positionBetween: startOfLine };

/** Elements of a JSON array. Reading goes on before the comma, as it does at the end of a batch. */
export const elementDecoder: RecordDecoder = {
  valueOf: parseJson,
  positionBetween: (before, _after, end) => ({ ...end, record: before.record + 1, byte: before.endByte }),
};

function parseJson(text: string): unknown {
  return JSON.parse(text);
}

/** For formats of lines: reading goes on where the next record begins; what else the position holds stays. */
export function startOfLine(_before: RecordPlace, after: RecordPlace, end: ReadPosition): ReadPosition {
  return { ...end, record: after.record, byte: after.byte };
}
