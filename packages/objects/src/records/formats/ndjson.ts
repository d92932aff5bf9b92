import { jsonLineDecoder } from "../decoder.ts";
import type { FormatDefinition } from "../format-definition.ts";
import { LineScanner } from "../line-scanner.ts";

/** One JSON value a line. */
export const ndjson: FormatDefinition = {
  endings: { ndjson: {}, jsonl: {} },
  contentTypes: {
    "application/x-ndjson": {},
    "application/ndjson": {},
    "application/jsonl": {},
    "application/x-jsonlines": {},
    "application/jsonlines": {},
  },
  isVague: false,
  reader: ({ numbers }) => ({
    scanner: new LineScanner(false),
    decoder: jsonLineDecoder(numbers),
    after: (_start, record, byte) => ({ record, byte }),
    header: undefined,
  }),
};
