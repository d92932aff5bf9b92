import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

/** The records of a file, read by other means than the app's: `JSON.parse` of the whole, `node:readline`, a plain CSV parser. */
export async function* recordsOf(path: string): AsyncGenerator<unknown> {
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

/** The plainest CSV parser there is: the whole text, one character after the other. */
function csvRows(text: string, delimiter: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = "";
  let isQuoted = false;
  const content = text.startsWith("\uFEFF") ? text.slice(1) : text;
  for (let i = 0; i < content.length; i++) {
    const sign = content[i] as string;
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (content[i + 1] === '"') field += content[++i];
      else isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === delimiter) {
      row.push(field);
      field = "";
    } else if (sign === "\n" || (sign === "\r" && content[i + 1] === "\n")) {
      if (sign === "\r") i++;
      rows.push([...row, field]);
      row = [];
      field = "";
    } else field += sign;
  }
  if (field !== "" || row.length > 0) rows.push([...row, field]);
  return rows.filter((cells) => cells.length > 1 || cells[0] !== "");
}
