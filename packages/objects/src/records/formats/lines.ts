import { lineDecoder } from "../decoder.ts";
import type { FormatDefinition } from "../format-definition.ts";
import { LineScanner } from "../line-scanner.ts";

/** Plain text: each line is a record. */
export const lines: FormatDefinition = {
  endings: { txt: {}, log: {} },
  contentTypes: { "text/plain": {} },
  isVague: true,
  reader: () => ({
    scanner: new LineScanner(true),
    decoder: lineDecoder,
    after: (_start, record, byte) => ({ record, byte }),
    header: undefined,
  }),
};
