import type { BrokenReason } from "./errors.ts";

/** Thrown by a decoder, which does not know the place of its record; `brokenRecord` adds that. */
export class RecordFaultError extends Error {
  readonly reason: BrokenReason;
  /** Byte of the record at which it is at fault, if it is one byte. */
  readonly at: number | undefined;

  constructor(reason: BrokenReason, detail?: string, at?: number) {
    super(detail ?? recordFaults[reason]);
    this.reason = reason;
    this.at = at;
  }
}

/** The wording of each reason. */
export const recordFaults: Readonly<Record<BrokenReason, string>> = {
  json: "is not JSON",
  utf8: "is not UTF-8",
  nul: "has a NUL byte",
  number: "has a number that a double cannot hold",
  "csv-lone-quote": "has a quote that neither opens nor closes a field",
  "csv-unterminated-quote": "opens a quoted field that never closes",
  "csv-column-count": "has the wrong number of columns",
  "too-large": "is too large",
};
