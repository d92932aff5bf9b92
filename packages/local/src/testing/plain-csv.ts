import { pipeline } from "node:stream";
import { parse } from "csv-parse";
import { plainPieces } from "./plain-text.ts";

/**
 * Rows of CSV as objects by the names in the first, by `csv-parse`; empty lines are none. A row with more or fewer fields than
 * there are names is given as an error. Without a delimiter a comma is taken, and a header that looks like one with another is
 * refused.
 *
 * @throws an error of the parser; one that says that the rows are written with another delimiter.
 */
export async function* plainRows(
  file: AsyncIterable<Uint8Array>,
  delimiter: string | undefined,
): AsyncGenerator<Record<string, string> | SyntaxError, void, undefined> {
  const parser = parse({
    delimiter: delimiter ?? ",",
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // An error of the file ends the parser, too.
  pipeline(plainPieces(file), parser, () => {});
  let header: string[] | undefined;
  for await (const row of parser as AsyncIterable<string[]>) {
    if (header !== undefined) {
      yield row.length === header.length ? objectOf(header, row) : countError(header, row);
      continue;
    }
    header = row;
    const [only = ""] = header;
    if (header.length === 1 && delimiter === undefined && /[;\t|]/.test(only)) {
      throw new SyntaxError(`The header is one column, ${JSON.stringify(only)}: is another delimiter meant?`);
    }
  }
}

function objectOf(header: readonly string[], row: readonly string[]): Record<string, string> {
  return Object.fromEntries(row.map((field, i) => [header[i] ?? "", field]));
}

function countError(header: readonly string[], row: readonly string[]): SyntaxError {
  return new SyntaxError(
    `A row has ${row.length} fields, and there are ${header.length} columns: ${row.join().slice(0, 60)}`,
  );
}
