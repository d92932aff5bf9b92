import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";
import { gunzip, type RecordFormat, readBatches } from "@longhaul/objects";
import type { BenchOptions, Finding } from "./finding.ts";
import { writeRecords } from "./generated-records.ts";
import { alternate, median, timed } from "./measure.ts";

const MB = 60;

type Source = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

const stream = (path: string) => createReadStream(path, { highWaterMark: 1_048_576 });

/** The other formats, and parsing: no bar, but each beside what one would write without Longhaul. */
export async function recordFormats({ rounds }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const ndjson = join(directory, "records.ndjson");
    writeRecords(ndjson, MB);
    return [
      await compare("NDJSON, parsed", rounds, {
        "readBatches and json(i)": () => parse(stream(ndjson), "ndjson"),
        "whole file, split, JSON.parse": () =>
          readFileSync(ndjson, "utf8")
            .split("\n")
            .reduce((sum, line) => (line === "" ? sum : sum + keysIn(JSON.parse(line))), 0),
      }),
      await tasks(directory, rounds),
      await csv(directory, rounds),
      await gzip(ndjson, rounds),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function tasks(directory: string, rounds: number | undefined): Promise<Finding> {
  const path = join(directory, "records.json");
  writeRecords(path, MB, { wrap: (i, record) => (i === 0 ? `{"tasks":[${record}` : `,\n${record}`), end: "]}" });
  return compare("tasks-JSON, parsed", rounds, {
    "readBatches and json(i)": () => parse(stream(path), "tasks"),
    "whole file, JSON.parse": () =>
      (JSON.parse(readFileSync(path, "utf8")) as { tasks: object[] }).tasks.reduce(
        (sum, task) => sum + keysIn(task),
        0,
      ),
  });
}

function csv(directory: string, rounds: number | undefined): Promise<Finding> {
  const path = join(directory, "records.csv");
  const quoted = (record: string) => `"${record.slice(0, 50).replaceAll('"', '""')}"`;
  const row = (i: number, record: string) => `${i},${quoted(record)},${i * 3},plain text,"a ""quoted""\nname"\n`;
  writeRecords(path, MB, {
    wrap: (i, record) => (i === 0 ? `id,record,amount,text,name\n${row(i, record)}` : row(i, record)),
  });
  return compare("CSV with quotes and newlines in fields", rounds, {
    "readBatches and json(i)": () => parse(stream(path), "csv"),
    "readBatches, split only": () => split(stream(path), "csv"),
  });
}

function gzip(ndjson: string, rounds: number | undefined): Promise<Finding> {
  const compressed = gzipSync(readFileSync(ndjson));
  return compare("gzip of NDJSON, split", rounds, {
    "gunzip and readBatches": () => split(gunzip([compressed], { name: "bench" }), "ndjson"),
    "createGunzip alone, its defaults": async () => {
      const inflate = createGunzip();
      inflate.end(compressed);
      let sum = 0;
      for await (const chunk of inflate) sum += (chunk as Buffer).length;
      return sum;
    },
  });
}

/** Takes the first against the last. */
async function compare(
  what: string,
  count: number | undefined,
  works: Readonly<Record<string, () => Promise<number> | number>>,
): Promise<Finding> {
  const subjects = Object.fromEntries(Object.entries(works).map(([name, work]) => [name, timed(work)]));
  const rounds = await alternate(subjects, { rounds: count ?? 5, warmUps: 1 });
  const all = Object.entries(rounds).map(([name, ms]) => ({ name, ms: median(ms) }));
  const [ours, peer] = [all[0]!, all[all.length - 1]!];
  const speed = (MB * 1000) / ours.ms;
  return {
    what: `${what}, ${MB} MB`,
    figure: `${speed.toFixed(0)} MB/s, ${(peer.ms / ours.ms).toFixed(2)} x the speed of: ${peer.name}`,
    rounds,
  };
}

async function split(source: Source, format: RecordFormat): Promise<number> {
  let sum = 0;
  for await (const batch of readBatches(source, { format })) {
    for (let i = 0; i < batch.records; i++) sum += batch.byteLength(i);
  }
  return sum;
}

async function parse(source: Source, format: RecordFormat): Promise<number> {
  let sum = 0;
  for await (const batch of readBatches(source, { format })) {
    for (let i = 0; i < batch.records; i++) sum += keysIn(batch.json(i));
  }
  return sum;
}

function keysIn(record: unknown): number {
  return Object.keys(record as object).length;
}
