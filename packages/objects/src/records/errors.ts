import { LonghaulError } from "@longhaul/core";
import type { LonghaulErrorOptions } from "@longhaul/core/errors";

/** The place of a broken record. Record numbers count from 0; bytes are those of the decompressed object. */
export interface RecordPlace {
  readonly record: number;
  /** First byte of the record. */
  readonly byte: number;
  /** Byte after the record's last one (its line end or comma not included). */
  readonly endByte: number;
}

/** Why a record cannot be used. Stable: programs may compare it. */
export type BrokenReason =
  | "json"
  | "utf8"
  | "nul"
  | "number"
  | "csv-lone-quote"
  | "csv-unterminated-quote"
  | "csv-column-count"
  | "too-large";

/**
 * A record cannot be read: a line that is not JSON, CSV with a lone quote, bytes that are no text in UTF-8.
 * The position before it is valid, so nothing is lost: mend the object or read with `onBrokenRecord: "skip"`.
 */
export class BrokenRecordError extends LonghaulError {
  readonly reason: BrokenReason;
  readonly record: number;
  readonly byte: number;
  readonly endByte: number;
  /** The beginning of the record, shortened; empty where it may not be shown. */
  readonly excerpt: string;

  constructor(
    reason: BrokenReason,
    place: RecordPlace,
    excerpt: string,
    detail: string,
    options?: LonghaulErrorOptions,
    code = "BROKEN_RECORD",
  ) {
    super(
      code,
      `Record ${place.record} (bytes ${place.byte} to ${place.endByte}) ${detail}${excerpt === "" ? "" : `: ${excerpt}`}. ` +
        `Mend the object, or read with onBrokenRecord: "skip" to set such records aside.`,
      options,
    );
    this.reason = reason;
    this.record = place.record;
    this.byte = place.byte;
    this.endByte = place.endByte;
    this.excerpt = excerpt;
  }
}

/** A record is larger than `maxRecordBytes`. No more than that much of it was ever held. */
export class RecordTooLargeError extends BrokenRecordError {
  readonly maxRecordBytes: number;

  constructor(place: RecordPlace, excerpt: string, maxRecordBytes: number) {
    super(
      "too-large",
      place,
      excerpt,
      `is larger than maxRecordBytes (${maxRecordBytes})`,
      undefined,
      "RECORD_TOO_LARGE",
    );
    this.maxRecordBytes = maxRecordBytes;
  }
}

/** The object is one JSON document by its format, and there is nothing in it. */
export class EmptyObjectError extends LonghaulError {
  constructor() {
    super("EMPTY_OBJECT", `The object is empty: expected {"tasks":[...]} or a JSON array.`);
  }
}

/** The JSON document around the records is broken, cut short, or followed by something else. */
export class BrokenDocumentError extends LonghaulError {
  /** Byte of the decompressed object at or after which the fault was found. */
  readonly byte: number;

  constructor(byte: number, detail: string, options?: LonghaulErrorOptions) {
    super("BROKEN_DOCUMENT", `The JSON document is broken at byte ${byte}: ${detail}.`, options);
    this.byte = byte;
  }
}

/** The JSON document has no top-level `tasks`, has it twice, or its value is not an array. */
export class TasksMissingError extends LonghaulError {
  constructor(detail: string) {
    super(
      "TASKS_MISSING",
      `${detail} Expected {"tasks":[...]} or a JSON array at the top level. ` +
        "If each line is a record of its own, give the format ndjson.",
    );
  }
}

/** The CSV header row cannot name columns: a name is repeated, it is broken, or written with another delimiter. */
export class CsvHeaderError extends LonghaulError {
  constructor(detail: string, advice = "Give csv.columns to name the columns", options?: LonghaulErrorOptions) {
    super("CSV_HEADER", `The CSV header row cannot be used: ${detail}. ${advice}.`, options);
  }
}

/** The position lies behind the end of the object: it belongs to another object, or the object was replaced. */
export class PositionBeyondEndError extends LonghaulError {
  constructor(asked: string, end: string) {
    super(
      "POSITION_BEYOND_END",
      `Asked to read from ${asked}, but the object ends at ${end}. It may have been replaced.`,
    );
  }
}

/** The source gave fewer or more bytes than `totalBytes` promised; what it gave last was not taken for a record. */
export class SourceLengthError extends LonghaulError {
  constructor(endByte: number, totalBytes: number) {
    super(
      "SOURCE_LENGTH",
      `The source ended at byte ${endByte} of ${totalBytes}. Read again from the last position, with the same ETag.`,
    );
  }
}

/** The object is no text in UTF-8: UTF-16, UTF-32, Latin-1, compressed without being named so, or no text at all. */
export class EncodingError extends LonghaulError {
  constructor(found: string, hint: string, options?: LonghaulErrorOptions) {
    super("ENCODING", `The object is ${found}. Records are read from text in UTF-8: ${hint}.`, options);
  }
}

/** Neither the name nor the content type says what format the object has, or they say one that is not read. */
export class UnknownFormatError extends LonghaulError {
  constructor(
    detail: string,
    advice = "Known: .ndjson .jsonl .csv .tsv .json .txt .log, each also with .gz. Or give the format.",
  ) {
    super("UNKNOWN_FORMAT", `${detail} ${advice}`);
  }
}

/** The sign that an object is gzip. */
export type GzipSign = "name" | "content-type" | "content-encoding";

const gzipSigns: Readonly<Record<GzipSign, readonly [says: string, advice: string]>> = {
  name: ["its name ends in .gz", "Rename it, or compress it"],
  "content-type": ["its content type says so", "Put it with the type of its content, or compressed"],
  "content-encoding": ["its Content-Encoding header says so", "Put it without that header, or compressed"],
};

/** The name or a header of the object says gzip, and its content is none. */
export class NotGzipError extends LonghaulError {
  constructor(name: string, sign: GzipSign, found: string) {
    const [says, advice] = gzipSigns[sign];
    super("NOT_GZIP", `${name} is not gzip although ${says}: ${found}. ${advice}.`);
  }
}

/** The gzip data ends in the middle: the upload was cut short, or the source broke off. */
export class TruncatedGzipError extends LonghaulError {
  /** `byte`: where the data ends. `memberByte`: where the part of it begins that is not whole. */
  constructor(name: string, byte: number, memberByte: number, options?: LonghaulErrorOptions) {
    const which = memberByte === 0 ? "" : ` (of the part that begins at byte ${memberByte})`;
    super(
      "TRUNCATED_GZIP",
      `${name} ends at byte ${byte}, in the middle of its gzip data${which}. Upload it again.`,
      options,
    );
  }
}

/** The gzip data is damaged: a check value or a block is wrong, or something else follows it. */
export class CorruptGzipError extends LonghaulError {
  constructor(name: string, detail: string, options?: LonghaulErrorOptions) {
    super("CORRUPT_GZIP", `${name} is damaged gzip: ${detail}. Upload it again.`, options);
  }
}
