import { createReadStream } from "node:fs";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { csvRows } from "./csv-rows.ts";

/**
 * The records of a file on disk, for a check of what an app made of it. It reads by other means than the readers of
 * `@longhaul/core`, which are what is checked: `JSON.parse` of the whole, decoded text cut into lines, a plain CSV parser.
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
  // An error of the file ends what is unzipped, too: whoever reads that is told.
  const open = () => (isGzip ? pipeline(createReadStream(path), createGunzip(), () => {}) : createReadStream(path));
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (extension === "json") {
    const document = JSON.parse(await textOf(open())) as unknown;
    yield* (Array.isArray(document) ? document : (document as { tasks: unknown[] }).tasks) as unknown[];
  } else if (extension === "csv" || extension === "tsv") {
    const [header = [], ...rows] = csvRows(await textOf(open()), extension === "tsv" ? "\t" : ",");
    for (const row of rows) yield Object.fromEntries(header.map((column, i) => [column, row[i]]));
  } else {
    const isJson = extension === "ndjson" || extension === "jsonl";
    for await (const line of linesOf(open())) {
      if (!isJson) yield line;
      else if (line.trim() !== "") yield JSON.parse(line);
    }
  }
}

/** Lines end with LF or CRLF. Not by `node:readline`, which also ends them at a lone CR, U+2028 and U+2029. */
async function* linesOf(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  // Without a byte order mark at the beginning, as a decoder has it by default.
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
  }
  rest += decoder.decode();
  if (rest !== "") yield rest;
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}
