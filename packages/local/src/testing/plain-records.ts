import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { plainRows } from "./plain-csv.ts";
import { type NumberOf, plainJson } from "./plain-json.ts";
import { plainLines, plainText } from "./plain-text.ts";

/** How records stand in a file, where its name does not say it or says something else. */
export interface PlainRecordsOptions {
  /** `ndjson`, `csv`, `tasks` or `lines`. Default: by the ending of the name. */
  readonly format?: string | undefined;
  /** The delimiter between the fields of CSV. Default: a comma, or a tab in `.tsv`. */
  readonly delimiter?: string | undefined;
  /** Makes something of the digits of a number in JSON that a double does not hold. Default: it is an error. */
  readonly numberOf?: NumberOf | undefined;
  /** Makes something of a line of JSON, or a row, that is none. Default: it is an error. */
  readonly brokenOf?: ((error: unknown) => unknown) | undefined;
}

/**
 * The records of a file on disk, for a check of what an app made of it. It reads by other means than the readers of
 * `@longhaul/core`, which are what is checked: Node's gunzip and text decoder, which refuses what is no UTF-8, `csv-parse`, and
 * `lossless-json`.
 *
 * By the ending of the name: the elements of a `.json` array, or of `tasks` in an object, or its lines; each line of `.ndjson`
 * and `.jsonl`, parsed; each row of `.csv` and `.tsv`, as an object by the names in the first; each line of any other, as
 * text. Each of these with `.gz` after it, unzipped. A `.json` file is held in memory as a whole.
 *
 * @throws SyntaxError for what is not JSON, or a row with more or fewer fields than columns; RangeError for a number that a double does not hold; TypeError for what is no UTF-8; an error of the CSV parser, or one that says that
 * the rows are written with another delimiter; the error of the file system if the file cannot be read.
 *
 * @example
 * ```ts
 * for await (const record of plainRecordsOf("cities.csv.gz")) expected.push(record);
 * ```
 */
export async function* plainRecordsOf(
  path: string,
  options: PlainRecordsOptions = {},
): AsyncGenerator<unknown, void, undefined> {
  const isGzip = /\.gz(ip)?$/i.test(path);
  const name = path.replace(/\.gz(ip)?$/i, "").toLowerCase();
  // An error of the file ends what is unzipped, too, so its reader receives it.
  const file = isGzip ? pipeline(createReadStream(path), createGunzip(), () => {}) : createReadStream(path);
  const extension = name.slice(name.lastIndexOf(".") + 1);
  switch (options.format ?? formats[extension] ?? "lines") {
    case "tasks":
      yield* elementsOf(await plainText(file), options.numberOf);
      break;
    case "csv":
      for await (const row of plainRows(file, options.delimiter ?? (extension === "tsv" ? "\t" : undefined))) {
        yield row instanceof Error ? orBroken(() => thrown(row), options) : row;
      }
      break;
    case "ndjson":
      for await (const line of plainLines(file)) {
        if (line.trim() !== "") yield orBroken(() => plainJson(line, options.numberOf), options);
      }
      break;
    case "lines":
      yield* plainLines(file);
      break;
    default:
      throw new RangeError(`plainRecordsOf() cannot read the format ${JSON.stringify(options.format)}.`);
  }
}

function orBroken(read: () => unknown, { brokenOf }: PlainRecordsOptions): unknown {
  try {
    return read();
  } catch (error) {
    if (brokenOf === undefined) throw error;
    return brokenOf(error);
  }
}

function thrown(error: Error): never {
  throw error;
}

const formats: Readonly<Record<string, string>> = {
  ndjson: "ndjson",
  jsonl: "ndjson",
  csv: "csv",
  tsv: "csv",
  json: "tasks",
};

function elementsOf(text: string, numberOf: NumberOf | undefined): unknown[] {
  let document: unknown;
  try {
    document = plainJson(text, numberOf);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Lines of JSON, each a value of its own, are no document.
    const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.map((line) => plainJson(line, numberOf));
  }
  const tasks = Array.isArray(document) ? document : (document as { tasks?: unknown } | null)?.tasks;
  if (Array.isArray(tasks)) return tasks;
  throw new SyntaxError("The document is neither an array nor an object with the array tasks.");
}
