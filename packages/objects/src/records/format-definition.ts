import type { CsvSettings } from "./csv-options.ts";
import type { NumberPolicy } from "./decoder.ts";
import type { ReadPosition } from "./position.ts";
import type { RecordFormatReader } from "./reader.ts";

/** Settings that a format reads by. */
export interface FormatSettings {
  readonly from: ReadPosition;
  readonly numbers: NumberPolicy;
  readonly csv: CsvSettings;
  readonly maxRecordBytes: number;
}

/** A fact that a file name or a content type gives beside the format. */
export interface FormatHint {
  /** The character between fields. */
  readonly delimiter?: string;
}

/** A format of data records: a file of its own in `formats/`, and a line in `formats.ts`. */
export interface FormatDefinition {
  /** Endings of file names, without the dot. */
  readonly endings: Readonly<Record<string, FormatHint>>;
  readonly contentTypes: Readonly<Record<string, FormatHint>>;
  /** Whether such an ending is used for other formats too, so that a content type of another one says more. */
  readonly isVague: boolean;
  /** The reader as it must be at `settings.from`. */
  reader(settings: FormatSettings): RecordFormatReader;
}
