import { gzipSync } from "node:zlib";
import { type SeededRandom, seededRandom } from "@longhaul/core/testing";

/** A file of data records that was made up, and what each record is, as JSON. */
export interface MadeFile {
  /** `.ndjson`, `.ndjson.gz`, `.json` or `.csv`. */
  readonly ending: string;
  readonly content: Uint8Array;
  /** Each record as JSON text, as each reader of the file must understand it. */
  readonly records: readonly string[];
}

const WORDS = ["lorem", "ipsum", "größe", "naïve", "東京", "a,b", 'say "hi"', "semi;colon", "back\\slash", "emoji 🙂"];

/** Makes a file of so many records; the format changes from one number to the next. */
export function madeFile(seed: number, number: number, count: number): MadeFile {
  const random = seededRandom(seed + number);
  const format = FORMATS[number % FORMATS.length] ?? ndjson;
  return format(Array.from({ length: count }, (_, at) => madeRecord(random, at)));
}

function madeRecord(random: SeededRandom, at: number): Readonly<Record<string, string | number>> {
  const words = Array.from({ length: 3 + Math.floor(random.next() * 5) }, () => random.pick(WORDS));
  return { id: at, name: `record ${at}`, text: words.join(" "), amount: Math.floor(random.next() * 1e6) / 100 };
}

type Row = Readonly<Record<string, string | number>>;
type Format = (rows: readonly Row[]) => MadeFile;

const jsonOf = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row));

const ndjson: Format = (rows) => ({
  ending: ".ndjson",
  content: Buffer.from(`${jsonOf(rows).join("\n")}\n`),
  records: jsonOf(rows),
});

const gzip: Format = (rows) => ({ ...ndjson(rows), ending: ".ndjson.gz", content: gzipSync(ndjson(rows).content) });

const tasks: Format = (rows) => ({
  ending: ".json",
  content: Buffer.from(`{"tasks": [\n  ${jsonOf(rows).join(",\n  ")}\n]}\n`),
  records: jsonOf(rows),
});

/** A CSV file says nothing of types: each value comes as text. */
const csv: Format = (rows) => {
  const names = Object.keys(rows[0] ?? {});
  const quoted = (value: string | number) => {
    const text = String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = rows.map((row) => names.map((name) => quoted(row[name] ?? "")).join(","));
  const asText = (row: Row) => JSON.stringify(Object.fromEntries(names.map((name) => [name, String(row[name])])));
  return {
    ending: ".csv",
    content: Buffer.from(`${[names.join(","), ...lines].join("\r\n")}\r\n`),
    records: rows.map(asText),
  };
};

const FORMATS: readonly Format[] = [ndjson, gzip, tasks, csv];
