import { createReadStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LineSplitter, type RecordBatch, readBatches } from "@longhaul/objects";
import type { BenchOptions, Finding } from "./finding.ts";
import { writeRecords } from "./generated-records.ts";
import { alternate, median, timed } from "./measure.ts";
import { countNewlines, newlineFinders } from "./newline-finders.ts";

const CHUNK_BYTES = 1_048_576;

/** Splitting lines of 100 bytes: from a file stream, and from chunks in memory, which is the sterner comparison. */
export async function splitter({ rounds, mb = 220 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  try {
    const path = join(directory, "records.ndjson");
    const bytes = writeRecords(path, mb);
    return [...(await fromStream(path, bytes, rounds)), ...(await fromMemory(path, bytes, rounds))];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function fromStream(path: string, bytes: number, count: number | undefined): Promise<Finding[]> {
  const stream = () => createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const lines = () => createInterface({ input: stream(), crlfDelay: Number.POSITIVE_INFINITY });
  const rounds = await alternate(
    {
      "read only": timed(() => total(stream(), (chunk: Buffer) => chunk.length)),
      "bare Buffer.indexOf scan": timed(() => total(stream(), countNewlines)),
      "readBatches, 100 records": timed(() => total(readBatches(stream(), { format: "ndjson" }), bytesOf)),
      LineSplitter: timed(async () => {
        const splitting = new LineSplitter();
        let sum = 0;
        for await (const chunk of stream()) for (const batch of splitting.push(chunk as Buffer)) sum += bytesOf(batch);
        for (const batch of splitting.end()) sum += bytesOf(batch);
        return sum;
      }),
      "node:readline, for await": timed(() => total(lines(), (line) => line.length)),
      "node:readline, 'line' events": timed(() => {
        const { promise, resolve } = Promise.withResolvers<number>();
        let sum = 0;
        lines()
          .on("line", (line) => {
            sum += line.length;
          })
          .on("close", () => resolve(sum));
        return promise;
      }),
    },
    { rounds: count, warmUps: 1 },
  );
  const oursMs = median(rounds["readBatches, 100 records"]);
  const overReadline = median(rounds["node:readline, for await"]) / oursMs;
  const overEvents = median(rounds["node:readline, 'line' events"]) / oursMs;
  const ofScan = median(rounds["bare Buffer.indexOf scan"]) / oursMs;
  return [
    {
      what: "readBatches on NDJSON, from a file stream",
      figure: `${speed(bytes, oursMs)}, ${overReadline.toFixed(1)} x node:readline (${overEvents.toFixed(1)} x its 'line' events)`,
      bar: "at least 3 x",
      isMet: overReadline >= 3 && overEvents >= 3,
      values: { timesReadline: overReadline, timesLineEvents: overEvents },
      rounds,
    },
    {
      what: "readBatches against a bare scan, from a file stream",
      figure: `${(ofScan * 100).toFixed(0)} %`,
      bar: "at least 60 % of Buffer.indexOf",
      isMet: ofScan >= 0.6,
    },
  ];
}

async function fromMemory(path: string, bytes: number, count: number | undefined): Promise<Finding[]> {
  const chunks = wholeLines(readFileSync(path));
  const sum = (scan: (chunk: Buffer) => number) => timed(() => chunks.reduce((all, chunk) => all + scan(chunk), 0));
  const rounds = await alternate(
    {
      "bare Buffer.indexOf scan": sum(countNewlines),
      "readBatches, 100 records": timed(() => total(readBatches(chunks, { format: "ndjson" }), bytesOf)),
    },
    { rounds: count, warmUps: 1 },
  );
  const finders = await alternate(
    Object.fromEntries(newlineFinders.map(({ name, count: scan }) => [name, sum(scan)])),
    { rounds: count, warmUps: 1 },
  );
  const oursMs = median(rounds["readBatches, 100 records"]);
  const ofScan = median(rounds["bare Buffer.indexOf scan"]) / oursMs;
  return [
    {
      what: "readBatches against a bare scan, chunks in memory",
      figure: `${(ofScan * 100).toFixed(0)} %, ${speed(bytes, oursMs)}`,
      bar: "at least 60 % of Buffer.indexOf",
      isMet: ofScan >= 0.6,
      rounds,
    },
    {
      what: "ways to find newlines, chunks in memory",
      figure: Object.values(finders)
        .map((ms) => speed(bytes, median(ms)))
        .join(", "),
      rounds: finders,
    },
  ];
}

/** Chunks of whole lines, each in memory of its own and aligned, as a stream would give it. */
function wholeLines(whole: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let from = 0; from < whole.length; ) {
    const to = whole.lastIndexOf(10, from + CHUNK_BYTES - 1) + 1;
    if (to <= from) break;
    const chunk = Buffer.allocUnsafeSlow(to - from);
    whole.copy(chunk, 0, from, to);
    chunks.push(chunk);
    from = to;
  }
  return chunks;
}

function bytesOf(batch: RecordBatch): number {
  let sum = 0;
  for (let i = 0; i < batch.records; i++) sum += batch.byteLength(i);
  return sum;
}

async function total<Item>(items: AsyncIterable<Item>, measure: (item: Item) => number): Promise<number> {
  let sum = 0;
  for await (const item of items) sum += measure(item);
  return sum;
}

function speed(bytes: number, ms: number): string {
  return `${(bytes / 1000 / ms).toFixed(0)} MB/s`;
}
