import type { FormatDefinition } from "./format-definition.ts";
import * as all from "./formats/all.ts";

/** All formats of data records, by name. */
export const formats: Readonly<Record<RecordFormat, FormatDefinition>> = all;

/**
 * How records stand in an object.
 * - `ndjson`: one JSON value per line; lines that are empty or blank are passed over.
 * - `csv`: RFC 4180, with quoted line ends and doubled quotes; see {@link CsvOptions}.
 * - `tasks`: one JSON document, `{"tasks":[...]}` or a top-level array; each element is a record. NDJSON of objects is
 *   noticed by its second line, and read as such.
 * - `lines`: plain text; an empty line is a record.
 *
 * Lines end with LF, CRLF or a lone CR, also mixed.
 */
export type RecordFormat = keyof typeof all;

/** Names of all formats. */
export const formatNames = Object.keys(all) as [RecordFormat, ...RecordFormat[]];
