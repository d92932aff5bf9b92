import { csvFields } from "./csv-fields.ts";
import { type CsvSettings, repeated } from "./csv-options.ts";
import { CsvScanner } from "./csv-scanner.ts";
import { type RecordDecoder, RecordFaultError, startOfLine, textOf } from "./decoder.ts";
import { CsvHeaderError } from "./errors.ts";
import type { ReadPosition } from "./position.ts";
import type { RecordFormatReader } from "./reader.ts";

/** CSV as it is read from `from`: the header row is taken at byte 0, its names then travel in the position. */
export function csvReader(settings: CsvSettings, from: ReadPosition): RecordFormatReader {
  const atStart = from.byte === 0;
  if (!atStart && settings.header && settings.columns === undefined && from.columns === undefined) {
    throw new CsvHeaderError("the position carries no column names, so it was made with other csv options");
  }
  const carried = settings.columns === undefined && settings.header;
  const reader: RecordFormatReader = {
    scanner: new CsvScanner(settings.delimiter),
    decoder: csvDecoder(settings, settings.columns ?? (carried ? from.columns : undefined)),
    after: (start, record, byte) =>
      start.columns === undefined ? { record, byte } : { record, byte, columns: start.columns },
    header: undefined,
  };
  if (!atStart || !settings.header) return reader;
  const waiting: { -readonly [K in keyof RecordFormatReader]: RecordFormatReader[K] } = reader;
  waiting.header = (row, faults, tooLarge, nextByte) => {
    waiting.header = undefined;
    if (!carried) return { record: 0, byte: nextByte };
    if (tooLarge) throw new CsvHeaderError("it is larger than maxRecordBytes");
    if (faults.length > 0) throw new CsvHeaderError("a quote stands where none may be");
    const columns = headerNames(row, settings.delimiter);
    waiting.decoder = csvDecoder(settings, columns);
    return { record: 0, byte: nextByte, columns };
  };
  return waiting;
}

function headerNames(row: Buffer, delimiter: string): string[] {
  let names: string[];
  try {
    names = csvFields(textOf(row, 0, row.length), delimiter);
  } catch (cause) {
    throw new CsvHeaderError(cause instanceof Error ? `it ${cause.message}` : String(cause), { cause });
  }
  const twice = repeated(names);
  if (twice !== undefined) throw new CsvHeaderError(`it names ${JSON.stringify(twice)} twice`);
  return names;
}

function csvDecoder(settings: CsvSettings, columns: readonly string[] | undefined): RecordDecoder {
  const { delimiter, anyColumnCount } = settings;
  const positionBetween = startOfLine;
  if (columns === undefined) return { valueOf: (text) => csvFields(text, delimiter), positionBetween };
  // Assigning to "__proto__" would set the prototype and lose the value.
  const assigns = !columns.includes("__proto__");
  return {
    positionBetween,
    valueOf(text) {
      const fields = csvFields(text, delimiter);
      if (fields.length !== columns.length && !anyColumnCount) {
        throw new RecordFaultError("csv-column-count", `has ${fields.length} columns instead of ${columns.length}`);
      }
      if (!assigns) return Object.fromEntries(fields.map((field, i) => [columns[i] ?? String(i), field]));
      const record: Record<string, string> = {};
      for (let i = 0; i < fields.length; i++) record[columns[i] ?? String(i)] = fields[i]!;
      return record;
    },
  };
}
