import { elementDecoder, jsonLineDecoder } from "../decoder.ts";
import type { FormatDefinition, FormatSettings } from "../format-definition.ts";
import { LineScanner } from "../line-scanner.ts";
import type { ReadPosition } from "../position.ts";
import type { OtherReader, RecordFormatReader } from "../reader.ts";
import { TaskScanner } from "../task-scanner.ts";

/** One JSON document: an array, or an object with the array `tasks`. */
export const tasks: FormatDefinition = {
  endings: { json: {} },
  contentTypes: { "application/json": {}, "text/json": {} },
  isVague: true,
  reader(settings) {
    if (settings.from.inside === "lines") return linesOfJson(settings);
    const scanner = new TaskScanner(settings.from, settings.maxRecordBytes);
    const after = (_start: ReadPosition, record: number, byte: number): ReadPosition => ({
      record,
      byte,
      inside: scanner.inside,
    });
    const instead = (): OtherReader | undefined => {
      const bytes = scanner.lines;
      return bytes && { reader: linesOfJson(settings), bytes };
    };
    return { scanner, decoder: elementDecoder(settings.numbers), after, header: undefined, instead };
  },
};

/** NDJSON that was taken for one JSON document: its positions say so, as later hops do not see its beginning. */
function linesOfJson({ numbers }: FormatSettings): RecordFormatReader {
  return {
    scanner: new LineScanner(false),
    decoder: jsonLineDecoder(numbers),
    after: (_start, record, byte) => ({ record, byte, inside: "lines" }),
    header: undefined,
  };
}
