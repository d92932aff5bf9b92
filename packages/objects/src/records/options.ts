import { ConfigError } from "@longhaul/core";
import type { RejectedRecord } from "./batch.ts";
import { type CsvOptions, type CsvSettings, csvSettings } from "./csv-options.ts";
import type { NumberPolicy } from "./decoder.ts";
import { formatNames, type RecordFormat } from "./formats.ts";
import type { BatchLimits } from "./open-batch.ts";
import { parsePosition, type ReadPosition, startPosition } from "./position.ts";

/** Options of {@link readBatches}. */
export interface ReadOptions {
  readonly format: RecordFormat;
  /**
   * Where to go on; the source must begin at its `byte`. Default: the beginning. A position with records but `byte: 0`
   * comes from a handler that only counted: reading then passes over that many records.
   */
  readonly from?: ReadPosition | undefined;
  /** Records in a batch; the last one may hold fewer. A whole number from 1: a string is refused. Default 100. */
  readonly maxRecords?: number | undefined;
  /** A batch is closed once its bytes reach this, so it may exceed it by one record. Default 8 MiB. */
  readonly maxBatchBytes?: number | undefined;
  /** A larger record is refused or set aside; no more of it is held. Default 16 MiB. */
  readonly maxRecordBytes?: number | undefined;
  /**
   * Size of the whole (decompressed) object in bytes, when known: a source that ends elsewhere is then an error instead
   * of a last record cut short.
   */
  readonly totalBytes?: number | undefined;
  /**
   * The reaction to a record that cannot be read. `"fail"` (default): records before it are given, then an error is
   * thrown; JSON and columns are looked at only when `json(i)` is called, which then throws. `"skip"`: every record is
   * decoded, broken ones are set aside in `batch.rejected`.
   */
  readonly onBrokenRecord?: "fail" | "skip" | undefined;
  /** Called, and awaited, for each rejected record before its batch is given; the same are in `batch.rejected`. */
  readonly onReject?: ((rejected: RejectedRecord) => void | Promise<void>) | undefined;
  /**
   * The reaction to a number of JSON that a double cannot hold, such as an id of 64 bits: it would not be written back as it
   * was read. `"refuse"` (default): its record is broken, for the reason `number`. `"text"`: it comes as {@link NumberText},
   * which `JSON.stringify` writes digit for digit. `"nearest"`: as the nearest double, as `JSON.parse` gives it.
   */
  readonly numbers?: NumberPolicy | undefined;
  /** For `format: "csv"`. */
  readonly csv?: CsvOptions | undefined;
}

/** Options after checking, with every default in place. */
export interface ReadSettings extends BatchLimits {
  readonly format: RecordFormat;
  readonly from: ReadPosition;
  readonly totalBytes: number | undefined;
  readonly skipsBroken: boolean;
  readonly numbers: NumberPolicy;
  readonly csv: CsvSettings;
}

const mebibyte = 1_048_576;
// Offsets within a batch are 32-bit: a batch and one more record must fit below 2 GiB.
const largestBytes = 1_000_000_000;
const known: ReadonlySet<string> = new Set([
  "format",
  "from",
  "maxRecords",
  "maxBatchBytes",
  "maxRecordBytes",
  "totalBytes",
  "onBrokenRecord",
  "onReject",
  "numbers",
  "csv",
]);

/** @throws ConfigError naming the option that cannot work. */
export function readSettings(options: ReadOptions): ReadSettings {
  for (const name of Object.keys(options)) {
    if (!known.has(name)) throw new ConfigError(`readBatches has no option ${name}. Known: ${[...known].join(", ")}.`);
  }
  const { format, onBrokenRecord = "fail", onReject, numbers = "refuse" } = options;
  if (!formatNames.includes(format)) {
    throw new ConfigError(`format must be one of ${formatNames.join(", ")}, not ${JSON.stringify(format)}.`);
  }
  if (onBrokenRecord !== "fail" && onBrokenRecord !== "skip") {
    throw new ConfigError(`onBrokenRecord must be "fail" or "skip", not ${JSON.stringify(onBrokenRecord)}.`);
  }
  if (numbers !== "refuse" && numbers !== "text" && numbers !== "nearest") {
    throw new ConfigError(`numbers must be "refuse", "text" or "nearest", not ${JSON.stringify(numbers)}.`);
  }
  if (onReject !== undefined && onBrokenRecord !== "skip") {
    throw new ConfigError(`onReject is called only with onBrokenRecord: "skip".`);
  }
  if (options.csv !== undefined && format !== "csv")
    throw new ConfigError(`csv options need format: "csv", not ${format}.`);
  return {
    format,
    from: parsePosition(options.from ?? startPosition),
    maxRecords: wholeNumber("maxRecords", options.maxRecords ?? 100, 1, largestBytes),
    maxBatchBytes: wholeNumber("maxBatchBytes", options.maxBatchBytes ?? 8 * mebibyte, 1, largestBytes),
    maxRecordBytes: wholeNumber("maxRecordBytes", options.maxRecordBytes ?? 16 * mebibyte, 1, largestBytes),
    totalBytes:
      options.totalBytes === undefined
        ? undefined
        : wholeNumber("totalBytes", options.totalBytes, 0, Number.MAX_SAFE_INTEGER),
    skipsBroken: onBrokenRecord === "skip",
    numbers,
    csv: csvSettings(options.csv ?? {}),
  };
}

function wholeNumber(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
  // "5" + 5 is "55": a batch size from the environment that stays a string makes batches of 5, 50, 500.
  const hint = typeof value === "string" ? ` Convert it first: Number(process.env.…).` : "";
  throw new ConfigError(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(value)}.${hint}`);
}
