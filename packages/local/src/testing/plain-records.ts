import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { csvRows } from "./csv-rows.ts";

/**
 * The records of a file on disk, for a check of what an app made of it. It reads by other means than the readers of
 * `@longhaul/core`, which are what is checked: `JSON.parse` of the whole, `node:readline`, a plain CSV parser.
 *
 * By the ending of the name: the elements of a `.json` array, or of `tasks` in an object; each line of `.ndjson` and
 * `.jsonl`, parsed; each row of `.csv` and `.tsv`, as an object by the names in the first; each line of any other, as text.
 * Each of these with `.gz` after it, unzipped. JSON and CSV are held in memory as a whole.
 *
 * @throws SyntaxError for what is not JSON; the error of the file system if the file cannot be read.
 *
 * @example
 * ```ts
 * for await (const record of plainRecordsOf("cities.csv.gz")) expected.push(record);
 * ```
 */
export async function* plainRecordsOf(path: string): AsyncGenerator<unknown, void, undefined> {
  const isGzip = path.toLowerCase().endsWith(".gz");
  const name = isGzip ? path.slice(0, -3) : path;
  const open = () => (isGzip ? createReadStream(path).pipe(createGunzip()) : createReadStream(path));
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (extension === "json") {
    const document = JSON.parse(isGzip ? await textOf(open()) : await readFile(path, "utf8")) as unknown;
    yield* (Array.isArray(document) ? document : (document as { tasks: unknown[] }).tasks) as unknown[];
  } else if (extension === "csv" || extension === "tsv") {
    const [header = [], ...rows] = csvRows(await textOf(open()), extension === "tsv" ? "\t" : ",");
    for (const row of rows) yield Object.fromEntries(header.map((column, i) => [column, row[i]]));
  } else {
    const isJson = extension === "ndjson" || extension === "jsonl";
    for await (const line of createInterface({ input: open(), crlfDelay: Number.POSITIVE_INFINITY })) {
      if (!isJson) yield line;
      else if (line.trim() !== "") yield JSON.parse(line);
    }
  }
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
