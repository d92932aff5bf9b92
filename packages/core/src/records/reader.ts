import { csvReader } from "./csv-reader.ts";
import { elementDecoder, jsonLineDecoder, lineDecoder, type RecordDecoder } from "./decoder.ts";
import { LineScanner } from "./line-scanner.ts";
import type { RecordFault } from "./open-batch.ts";
import type { ReadSettings } from "./options.ts";
import type { ReadPosition } from "./position.ts";
import type { RecordScanner } from "./scanner.ts";
import { TaskScanner } from "./task-scanner.ts";

/** All that differs between formats. */
export interface RecordFormatReader {
  readonly scanner: RecordScanner;
  readonly decoder: RecordDecoder;
  /** The position at `byte`, when `record` records of the object were read; `start` is where the batch began. */
  after(start: ReadPosition, record: number, byte: number): ReadPosition;
  /** While the next record is a header row: takes it, and returns the position after it. Undefined from then on. */
  header: ReadHeader | undefined;
}

/** `tooLarge`: `row` is only the beginning of the header row. `nextByte`: where the row after it begins. */
type ReadHeader = (row: Buffer, faults: readonly RecordFault[], tooLarge: boolean, nextByte: number) => ReadPosition;

const afterLine = (_start: ReadPosition, record: number, byte: number): ReadPosition => ({ record, byte });

/** The reader for `settings.format`, as it must stand at `settings.from`. */
export function formatReader(settings: ReadSettings): RecordFormatReader {
  switch (settings.format) {
    case "ndjson":
      return { scanner: new LineScanner(false), decoder: jsonLineDecoder, after: afterLine, header: undefined };
    case "lines":
      return { scanner: new LineScanner(true), decoder: lineDecoder, after: afterLine, header: undefined };
    case "csv":
      return csvReader(settings.csv, settings.from);
    case "tasks": {
      const scanner = new TaskScanner(settings.from, settings.maxRecordBytes);
      const after = (_start: ReadPosition, record: number, byte: number): ReadPosition => ({
        record,
        byte,
        inside: scanner.inside,
      });
      return { scanner, decoder: elementDecoder, after, header: undefined };
    }
  }
}
