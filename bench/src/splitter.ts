/**
 * Splitting an object into records, against the peers and limits in one run. Runs alone:
 *
 *     node --conditions=longhaul-source bench/src/splitter.ts [--mb 220] [--runs 7] [--json]
 *
 * The input is made first, lies in the page cache, and is removed at the end. Works are taken in turn, so that a machine
 * that slows down slows all of them; the median counts, and every run is printed.
 */
import { spawnSync } from "node:child_process";
import { closeSync, createReadStream, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createGunzip, gzipSync } from "node:zlib";
import { gunzip, LineSplitter, type RecordFormat, readBatches } from "@longhaul/core/records";
import { countNewlines, newlineFinders } from "./newline-finders.ts";

const chunkBytes = 1_048_576;
const { values: flags } = parseArgs({
  options: {
    mb: { type: "string", default: "220" },
    runs: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
    "memory-of": { type: "string" },
    format: { type: "string" },
  },
});

interface Work {
  readonly name: string;
  /** Returns a number that depends on the work, so that none of it can be left out. */
  readonly run: () => number | Promise<number>;
}

interface Figure {
  readonly name: string;
  readonly medianMs: number;
  readonly mbPerS: number;
  readonly runsMs: readonly number[];
}

const stream = (path: string) => createReadStream(path, { highWaterMark: chunkBytes });

async function measure(bytes: number, works: readonly Work[], runs: number): Promise<Map<string, Figure>> {
  for (const work of works) await work.run();
  const times = new Map(works.map(({ name }) => [name, [] as number[]]));
  for (let i = 0; i < runs; i++) {
    for (const { name, run } of works) {
      const before = performance.now();
      await run();
      times.get(name)!.push(performance.now() - before);
    }
  }
  return new Map(
    [...times].map(([name, ms]) => {
      const medianMs = ms.toSorted((a, b) => a - b)[ms.length >> 1]!;
      const runsMs = ms.map((value) => Math.round(value * 10) / 10);
      return [name, { name, medianMs, mbPerS: bytes / 1000 / medianMs, runsMs }];
    }),
  );
}

/** About `mb` MB of records of 100 bytes on average, one in ten with characters outside ASCII. */
function writeRecords(path: string, mb: number, wrap: (i: number, record: string) => string, last = ""): number {
  const file = openSync(path, "w");
  let bytes = 0;
  let text = "";
  for (let i = 0; bytes + text.length < mb * 1_000_000; i++) {
    const record = `{"id":${i},"name":"customer ${i % 997}","city":"${i % 10 === 0 ? "Zürich" : "Geneva"}","amount":${i % 9973}.25,"open":${i % 2 === 0}`;
    text += wrap(i, `${record},"note":"${"x".repeat(Math.max(1, 72 + ((i * 7919) % 40) - record.length))}"}`);
    if (text.length > chunkBytes) {
      bytes += writeSync(file, text);
      text = "";
    }
  }
  bytes += writeSync(file, text + last);
  closeSync(file);
  return bytes;
}

async function lengthOfBatches(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, format: RecordFormat) {
  let total = 0;
  for await (const batch of readBatches(source, { format })) {
    for (let i = 0; i < batch.records; i++) total += batch.byteLength(i);
  }
  return total;
}

async function parseBatches(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, format: RecordFormat) {
  let total = 0;
  for await (const batch of readBatches(source, { format })) {
    for (let i = 0; i < batch.records; i++) total += Object.keys(batch.json(i) as object).length;
  }
  return total;
}

function splittingWorks(path: string): Work[] {
  return [
    {
      name: "read only",
      run: async () => {
        let total = 0;
        for await (const chunk of stream(path)) total += (chunk as Buffer).length;
        return total;
      },
    },
    {
      name: "bare Buffer.indexOf scan",
      run: async () => {
        let total = 0;
        for await (const chunk of stream(path)) total += countNewlines(chunk as Buffer);
        return total;
      },
    },
    { name: "readBatches, 100 records", run: () => lengthOfBatches(stream(path), "ndjson") },
    {
      name: "LineSplitter",
      run: async () => {
        let total = 0;
        const splitter = new LineSplitter();
        const add = (batches: ReturnType<LineSplitter["push"]>) => {
          for (const batch of batches) for (let i = 0; i < batch.records; i++) total += batch.byteLength(i);
        };
        for await (const chunk of stream(path)) add(splitter.push(chunk as Buffer));
        add(splitter.end());
        return total;
      },
    },
    {
      name: "node:readline",
      run: async () => {
        let total = 0;
        for await (const line of createInterface({ input: stream(path), crlfDelay: Number.POSITIVE_INFINITY })) {
          total += line.length;
        }
        return total;
      },
    },
    {
      name: "node:readline, 'line' events",
      run: () =>
        new Promise((resolve) => {
          let total = 0;
          createInterface({ input: stream(path), crlfDelay: Number.POSITIVE_INFINITY })
            .on("line", (line) => {
              total += line.length;
            })
            .on("close", () => resolve(total));
        }),
    },
  ];
}

/** The same without reading: chunks that are in memory already. This is the sterner comparison. */
function memoryWorks(chunks: readonly Buffer[]): Work[] {
  const sum = (scan: (chunk: Buffer) => number) => () => chunks.reduce((total, chunk) => total + scan(chunk), 0);
  return [
    { name: "bare Buffer.indexOf scan", run: sum(countNewlines) },
    { name: "readBatches, 100 records", run: () => lengthOfBatches(chunks, "ndjson") },
    ...newlineFinders.map(({ name, count }) => ({ name: `finder: ${name}`, run: sum(count) })),
  ];
}

function parsingWorks(chunks: readonly Buffer[]): Work[] {
  const lines = Buffer.concat(chunks)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "");
  return [
    {
      name: "bare JSON.parse of strings that are there",
      run: () => lines.reduce((total, line) => total + Object.keys(JSON.parse(line) as object).length, 0),
    },
    {
      name: "indexOf, toString, JSON.parse of each line",
      run: () => {
        let total = 0;
        for (const chunk of chunks) {
          let from = 0;
          for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
            total += Object.keys(JSON.parse(chunk.toString("utf8", from, at)) as object).length;
            from = at + 1;
          }
        }
        return total;
      },
    },
    { name: "readBatches and json(i)", run: () => parseBatches(chunks, "ndjson") },
  ];
}

/** Chunks of whole lines, so that the bare loops above need no carry. */
function chunksOf(path: string, maxBytes: number): Buffer[] {
  const whole = readFileSync(path).subarray(0, maxBytes);
  const chunks: Buffer[] = [];
  for (let from = 0; from < whole.length; ) {
    const to = whole.lastIndexOf(10, from + chunkBytes - 1) + 1;
    if (to <= from) break;
    // Each in memory of its own and aligned, as a stream would give it.
    const chunk = Buffer.allocUnsafeSlow(to - from);
    whole.copy(chunk, 0, from, to);
    chunks.push(chunk);
    from = to;
  }
  return chunks;
}

function show(title: string, figures: Map<string, Figure>, bars: readonly [string, string, number][] = []): void {
  if (flags.json) {
    console.log(JSON.stringify({ title, figures: [...figures.values()] }));
    return;
  }
  console.log(`\n${title}`);
  for (const { name, mbPerS, medianMs, runsMs } of figures.values()) {
    console.log(
      `  ${name.padEnd(44)} ${mbPerS.toFixed(0).padStart(6)} MB/s ${medianMs.toFixed(0).padStart(6)} ms   [${runsMs.join(" ")}]`,
    );
  }
  for (const [ours, peer, bar] of bars) {
    const ratio = figures.get(peer)!.medianMs / figures.get(ours)!.medianMs;
    const verdict = bar === 0 ? "" : `  (bar ${bar.toFixed(2)}: ${ratio >= bar ? "met" : "MISSED"})`;
    console.log(`  = ${ours} / ${peer}: ${ratio.toFixed(2)}${verdict}`);
  }
}

function peakMemoryMb(path: string, format: string): number {
  const self = fileURLToPath(import.meta.url);
  const child = spawnSync(process.execPath, [
    "--conditions=longhaul-source",
    self,
    "--memory-of",
    path,
    "--format",
    format,
  ]);
  return Number(child.stdout.toString());
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-splitter-"));
  const runs = Number(flags.runs);
  const mb = Number(flags.mb);
  try {
    const ndjson = join(directory, "records.ndjson");
    const bytes = writeRecords(ndjson, mb, (_i, record) => `${record}\n`);
    if (!flags.json)
      console.log(
        `node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}, ${(bytes / 1e6).toFixed(0)} MB NDJSON`,
      );
    show("Splitting, from a file stream with chunks of 1 MiB", await measure(bytes, splittingWorks(ndjson), runs), [
      ["readBatches, 100 records", "node:readline", 3],
      ["readBatches, 100 records", "node:readline, 'line' events", 3],
      ["readBatches, 100 records", "bare Buffer.indexOf scan", 0.6],
    ]);
    const chunks = chunksOf(ndjson, Number.POSITIVE_INFINITY);
    show("Splitting chunks in memory, and ways to find newlines", await measure(bytes, memoryWorks(chunks), runs), [
      ["readBatches, 100 records", "bare Buffer.indexOf scan", 0.6],
    ]);
    const some = chunksOf(ndjson, 60_000_000);
    const someBytes = some.reduce((total, chunk) => total + chunk.length, 0);
    show("Splitting and parsing", await measure(someBytes, parsingWorks(some), runs), [
      ["readBatches and json(i)", "bare JSON.parse of strings that are there", 0],
      ["readBatches and json(i)", "indexOf, toString, JSON.parse of each line", 0],
    ]);
    await others(directory, runs);
    const small = join(directory, "small.ndjson");
    writeRecords(small, mb / 10, (_i, record) => `${record}\n`);
    const peaksMb = [peakMemoryMb(small, "ndjson"), peakMemoryMb(ndjson, "ndjson")];
    if (flags.json) console.log(JSON.stringify({ title: "Peak memory", peaksMb }));
    else console.log(`\nPeak memory reading ${mb / 10} MB, then ${mb} MB: ${peaksMb.join(" MB, ")} MB`);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The other formats: splitting alone, and against reading the document whole. */
async function others(directory: string, runs: number): Promise<void> {
  const tasks = join(directory, "records.json");
  const tasksBytes = writeRecords(tasks, 60, (i, record) => (i === 0 ? `{"tasks":[${record}` : `,\n${record}`), "]}");
  show(
    "tasks-JSON, 60 MB",
    await measure(
      tasksBytes,
      [
        { name: "splitting", run: () => lengthOfBatches(stream(tasks), "tasks") },
        { name: "splitting and json(i)", run: () => parseBatches(stream(tasks), "tasks") },
        {
          name: "JSON.parse of the whole file",
          run: () => (JSON.parse(readFileSync(tasks, "utf8")) as { tasks: unknown[] }).tasks.length,
        },
      ],
      runs,
    ),
    [["splitting and json(i)", "JSON.parse of the whole file", 0]],
  );
  const csv = join(directory, "records.csv");
  const csvBytes = writeRecords(
    csv,
    60,
    (i, record) =>
      `${i === 0 ? "id,record,amount,text,name\n" : ""}${i},"${record.slice(0, 50).replaceAll('"', '""')}",${i * 3},plain text,"a ""quoted""\nname"\n`,
  );
  show(
    "CSV with quotes, 60 MB",
    await measure(
      csvBytes,
      [
        { name: "splitting", run: () => lengthOfBatches(stream(csv), "csv") },
        { name: "splitting and json(i)", run: () => parseBatches(stream(csv), "csv") },
      ],
      runs,
    ),
  );
  const gz = gzipSync(readFileSync(tasks).subarray(14, 60_000_000));
  show(
    "gzip of NDJSON, 60 MB decompressed",
    await measure(
      tasksBytes,
      [
        {
          name: "createGunzip with its own defaults",
          run: async () => {
            const inflate = createGunzip();
            inflate.end(gz);
            let total = 0;
            for await (const chunk of inflate) total += (chunk as Buffer).length;
            return total;
          },
        },
        { name: "gunzip and readBatches", run: () => lengthOfBatches(gunzip([gz], { name: "bench" }), "lines") },
      ],
      runs,
    ),
    [["gunzip and readBatches", "createGunzip with its own defaults", 0]],
  );
}

if (flags["memory-of"] === undefined) {
  await main();
} else {
  // Sampled, because a child's maxRSS begins at that of the parent it was forked from.
  let peak = 0;
  let batches = 0;
  const options = { format: flags.format as RecordFormat };
  for await (const _ of readBatches(stream(flags["memory-of"]), options)) {
    if (batches++ % 100 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  console.log(Math.round(peak / 1e6));
}
