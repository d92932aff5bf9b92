import type { RecordDecoder } from "./decoder.ts";
import type { RecordFault } from "./open-batch.ts";
import type { ReadPosition } from "./position.ts";
import type { RecordScanner } from "./scanner.ts";

/** All that differs between formats. */
export interface RecordFormatReader {
  readonly scanner: RecordScanner;
  readonly decoder: RecordDecoder;
  /** The position at `byte`, when `record` records of the object were read; `start` is where the batch began. */
  after(start: ReadPosition, record: number, byte: number): ReadPosition;
  /** While the next record is a header row: takes it, and returns the position after it. Undefined from then on. */
  header: ReadHeader | undefined;
  /** Once the object turned out to be of another format: the reader for it, and all bytes that were scanned. */
  readonly instead?: () => OtherReader | undefined;
}

/** The reader that takes over an object from its beginning. */
export interface OtherReader {
  readonly reader: RecordFormatReader;
  readonly bytes: Buffer;
}

/** A row that names the columns. */
export interface HeaderRow {
  /** Its bytes; of one that is too large only the beginning. */
  readonly bytes: Buffer;
  /** Byte of the object at which it begins. */
  readonly byte: number;
  /** Where the row after it begins. */
  readonly nextByte: number;
  readonly faults: readonly RecordFault[];
  readonly isTooLarge: boolean;
}

type ReadHeader = (row: HeaderRow) => ReadPosition;
