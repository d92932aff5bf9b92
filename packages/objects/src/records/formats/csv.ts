import { csvFields } from "../csv-fields.ts";
import { type CsvSettings, repeated } from "../csv-options.ts";
import { CsvScanner } from "../csv-scanner.ts";
import { documentText, type RecordDecoder, startOfLine } from "../decoder.ts";
import { CsvHeaderError } from "../errors.ts";
import { shortened } from "../excerpt.ts";
import type { FormatDefinition } from "../format-definition.ts";
import type { ReadPosition } from "../position.ts";
import type { HeaderRow, RecordFormatReader } from "../reader.ts";
import { RecordFaultError } from "../record-fault.ts";

/** Rows of fields. */
export const csv: FormatDefinition = {
  endings: { csv: {}, tsv: { delimiter: "\t" } },
  contentTypes: { "text/csv": {}, "application/csv": {}, "text/tab-separated-values": { delimiter: "\t" } },
  isVague: false,
  reader: ({ csv: settings, from }) => csvReader(settings, from),
};

/** CSV as it is read from `from`: the header row is taken at byte 0, its names then travel in the position. */
function csvReader(settings: CsvSettings, from: ReadPosition): RecordFormatReader {
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
  waiting.header = (row) => {
    waiting.header = undefined;
    const { nextByte } = row;
    if (!carried) return { record: 0, byte: nextByte };
    if (row.isTooLarge) throw new CsvHeaderError("it is larger than maxRecordBytes");
    const columns = headerNames(row, settings);
    waiting.decoder = csvDecoder(settings, columns);
    return { record: 0, byte: nextByte, columns };
  };
  return waiting;
}

function headerNames(row: HeaderRow, settings: CsvSettings): string[] {
  const text = documentText(row.bytes, row.byte);
  const separator = /^sep=(.?)$/i.exec(text);
  if (separator !== null) {
    throw new CsvHeaderError(
      `it is ${JSON.stringify(text)}, which tells Excel the delimiter`,
      "Take this line out of the file, and give csv.delimiter",
    );
  }
  let names: string[] = [];
  let fault: unknown = row.faults[0] && new RecordFaultError(row.faults[0].reason);
  try {
    if (fault === undefined) names = csvFields(text, settings.delimiter);
  } catch (cause) {
    fault = cause;
  }
  if (!settings.isDelimiterGiven) refuseOtherDelimiter(text, names, settings.delimiter);
  if (fault !== undefined) {
    throw new CsvHeaderError(fault instanceof Error ? `it ${fault.message}` : String(fault), undefined, {
      cause: fault,
    });
  }
  const twice = repeated(names);
  if (twice !== undefined) throw new CsvHeaderError(`it names ${JSON.stringify(twice)} twice`);
  return names;
}

const OTHER_DELIMITERS = [";", "\t", "|", ","];

/**
 * A header that has more columns by another delimiter, which is in each name, is more likely written with that. `names`:
 * those by the delimiter that was taken; none if it makes no row of this.
 */
function refuseOtherDelimiter(text: string, names: readonly string[], delimiter: string): void {
  for (const other of OTHER_DELIMITERS) {
    const columns = other === delimiter || !names.every((name) => name.includes(other)) ? 0 : columnsBy(text, other);
    if (columns <= Math.max(1, names.length)) continue;
    throw new CsvHeaderError(
      `it has ${names.length} column(s) by ${JSON.stringify(delimiter)}, and ${columns} by ${JSON.stringify(other)}: ${shortened(text, 80)}`,
      "Give csv.delimiter, whichever it is",
    );
  }
}

function columnsBy(text: string, delimiter: string): number {
  try {
    return csvFields(text, delimiter).length;
  } catch {
    return 1;
  }
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
