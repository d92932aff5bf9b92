import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { COMPUTED_SHAPES, type ComputedShape } from "./computed-keys.ts";
import type { BenchOptions, Finding } from "./finding.ts";
import { median } from "./measure.ts";
import { ask, start, startProgram } from "./own-process.ts";
import type { ComputedRequest } from "./walk-computed-server.ts";
import { KEY_SHAPES, type KeyShape, keysOf } from "./walk-keys.ts";
import type { ServerReady, ServerRequest } from "./walk-server.ts";
import type { WalkFigures, WalkRequest } from "./walk-worker.ts";

const KEYS = 1_000_000;
const LATENCY_MS = 50;
const CONCURRENCY = 64;
const PAGE_KEYS = 1_000;
const MIN_REQUESTS = KEYS / PAGE_KEYS;
/** Nobody lists faster: as many pages at once as there are requests. */
const FLOOR_MS = (MIN_REQUESTS * LATENCY_MS) / CONCURRENCY;
const MAX_TIMES_FLOOR = 1.5;
const MAX_REQUESTS_PER_PAGE = 1.05;
const MAX_PROCESSOR_US = 1;
const MAX_MB = 200;
/** One answer in a hundred is `503 SlowDown`, and one in a hundred takes a second. */
const TROUBLE = { slowDowns: 0.01, spikes: 0.01, spikeMs: 1_000 };
/** The paginator takes as long for each page, so a part tells how long it takes for all. */
const PAGINATOR_PAGES = 50;
/** For memory that does not grow: a walk of so many times the keys. */
const MORE_TIMES = 10;
const MAX_GROWTH = 1.2;

/**
 * Walking a bucket of 1,000,000 keys in ten shapes, 50 ms a request, without hints: the parallel walk against the time that
 * nobody can beat, and against the SDK's own paginator; the same where answers fail and are late; and buckets of ten times as
 * many, whose pages are computed, for memory alone. Server and walkers are processes of their own; the walkers' code is
 * bundled, as it is when deployed, and each begins cold. The server answers from bytes that are ready, so the processors are the walkers'. Of the paginator
 * the first pages are measured, before the walks and after, and reckoned up.
 */
export async function walk({ rounds = 5 }: BenchOptions): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-walk-"));
  try {
    const worker = await bundledWorker(directory);
    const findings: Finding[] = [];
    for (const shape of KEY_SHAPES) findings.push(...(await walkShape(worker, shape, rounds)));
    for (const shape of ["uniform-hex", "skewed-tenants"] as const)
      findings.push(await walkInTrouble(worker, shape, rounds));
    for (const shape of COMPUTED_SHAPES) findings.push(await memoryForMore(worker, shape));
    return findings;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function walkShape(worker: string, shape: KeyShape, rounds: number): Promise<Finding[]> {
  const walks: WalkFigures[] = [];
  const pages: WalkFigures[] = [];
  await withServer("walk-server.ts", { shape, keys: KEYS, latencyMs: LATENCY_MS }, async (url) => {
    const by = (by: WalkRequest["by"]) =>
      inOwnProcess(worker, { url, bucket: shape, by, concurrency: CONCURRENCY, maxPages: PAGINATOR_PAGES });
    pages.push(await by("paginator"));
    while (walks.length < rounds) walks.push(await by("walk"));
    pages.push(await by("paginator"));
  });
  const bytes = sizesOf(shape);
  for (const walk of walks) {
    if (walk.keys !== KEYS || walk.bytes !== bytes)
      throw new Error(`${shape}: ${walk.keys} keys, ${walk.bytes} bytes.`);
  }
  const of = (figure: (walk: WalkFigures) => number) => walks.map(figure);
  const perKeyUs = ({ cpuMs, keys }: WalkFigures) => (cpuMs * 1_000) / keys;
  const paginatorMs = pages.map(({ ms, requests }) => (ms / requests) * MIN_REQUESTS);
  const ms = median(of((walk) => walk.ms));
  const speedUp = median(paginatorMs) / ms;
  const requests = Math.max(...of((walk) => walk.requests));
  const usPerKey = median(of(perKeyUs));
  const peakMb = Math.max(...of((walk) => walk.peakMb));
  return [
    {
      what: `walk, ${shape}`,
      figure: `${(ms / FLOOR_MS).toFixed(2)} x pages x latency / concurrency, ${speedUp.toFixed(1)} x as fast as the SDK's paginator, ${Math.round(KEYS / ms).toLocaleString("en-US")}k keys/s`,
      bar: `at most ${MAX_TIMES_FLOOR} x`,
      isMet: ms <= MAX_TIMES_FLOOR * FLOOR_MS,
      values: { timesFloor: ms / FLOOR_MS, timesPaginator: speedUp, keysPerSecond: (KEYS * 1_000) / ms },
      rounds: { walk: of((walk) => walk.ms), [`paginator, from ${PAGINATOR_PAGES} pages`]: paginatorMs },
    },
    {
      what: `walk, ${shape}, requests`,
      figure: `${(requests / MIN_REQUESTS).toFixed(3)} a page`,
      bar: `at most ${MAX_REQUESTS_PER_PAGE}`,
      isMet: requests <= MAX_REQUESTS_PER_PAGE * MIN_REQUESTS,
      values: { requestsPerPage: requests / MIN_REQUESTS },
      rounds: { walk: of((walk) => walk.requests) },
      unit: "requests",
    },
    {
      what: `walk, ${shape}, processor time`,
      figure: `${usPerKey.toFixed(2)} µs a key; the paginator ${median(pages.map(perKeyUs)).toFixed(1)}`,
      bar: `at most ${MAX_PROCESSOR_US} µs`,
      isMet: usPerKey <= MAX_PROCESSOR_US,
      values: { processorUsPerKey: usPerKey, paginatorProcessorUsPerKey: median(pages.map(perKeyUs)) },
      rounds: { walk: of(perKeyUs) },
      unit: "µs",
    },
    {
      what: `walk, ${shape}, memory`,
      figure: `${Math.round(peakMb)} MB at most`,
      bar: `below ${MAX_MB} MB`,
      isMet: peakMb < MAX_MB,
      values: { peakMb },
      rounds: { walk: of((walk) => walk.peakMb) },
      unit: "MB",
    },
  ];
}

/** The same walk where some answers fail and some are late. The last page may be late, too: one spike is on top. */
async function walkInTrouble(worker: string, shape: KeyShape, rounds: number): Promise<Finding> {
  const request: ServerRequest = { shape, keys: KEYS, latencyMs: LATENCY_MS, trouble: TROUBLE };
  const walks: WalkFigures[] = [];
  await withServer("walk-server.ts", request, async (url) => {
    const walked = { url, bucket: shape, by: "walk", concurrency: CONCURRENCY, maxPages: 0 } as const;
    while (walks.length < rounds) walks.push(await inOwnProcess(worker, walked));
  });
  const bytes = sizesOf(shape);
  for (const walk of walks) {
    if (walk.keys !== KEYS || walk.bytes !== bytes)
      throw new Error(`${shape}, in trouble: ${walk.keys} keys, ${walk.bytes} bytes.`);
  }
  const ms = median(walks.map((walk) => walk.ms));
  const requests = median(walks.map((walk) => walk.requests)) / MIN_REQUESTS;
  const limitMs = MAX_TIMES_FLOOR * FLOOR_MS + TROUBLE.spikeMs;
  return {
    what: `walk, ${shape}, 1 % of answers 503 and 1 % after ${TROUBLE.spikeMs / 1_000} s`,
    figure: `${(ms / FLOOR_MS).toFixed(2)} x pages x latency / concurrency, ${requests.toFixed(3)} requests a page, those that failed included`,
    bar: `at most ${MAX_TIMES_FLOOR} x, and one late answer`,
    isMet: ms <= limitMs,
    values: { timesFloorInTrouble: ms / FLOOR_MS },
    rounds: { walk: walks.map((walk) => walk.ms) },
  };
}

async function memoryForMore(worker: string, shape: ComputedShape): Promise<Finding> {
  const walkOf = async (keys: number): Promise<WalkFigures> => {
    const request = { shape, keys, latencyMs: LATENCY_MS };
    const figures = await withServer("walk-computed-server.ts", request, (url) =>
      inOwnProcess(worker, { url, bucket: shape, by: "walk", concurrency: CONCURRENCY, maxPages: 0 }),
    );
    if (figures.keys !== keys) throw new Error(`${shape}: ${figures.keys} keys instead of ${keys}.`);
    return figures;
  };
  const [few, many] = [await walkOf(KEYS), await walkOf(MORE_TIMES * KEYS)];
  const millions = (MORE_TIMES * KEYS) / 1e6;
  return {
    what: `walk, ${shape}, memory for ${millions} million keys`,
    figure: `${Math.round(many.peakMb)} MB; ${Math.round(few.peakMb)} MB for ${KEYS / 1e6} million`,
    bar: `at most ${MAX_GROWTH} times as much, below ${MAX_MB} MB`,
    values: { peakMbOf1Million: few.peakMb, peakMbOf10Million: many.peakMb },
    isMet: many.peakMb <= MAX_GROWTH * few.peakMb && many.peakMb < MAX_MB,
    rounds: { requests: [many.requests / (MORE_TIMES * MIN_REQUESTS)] },
    unit: "x the serial minimum",
  };
}

function sizesOf(shape: KeyShape): number {
  let bytes = 0;
  for (const { size } of keysOf(shape, KEYS)) bytes += size;
  return bytes;
}

async function withServer<Answer>(
  program: string,
  request: ServerRequest | ComputedRequest,
  use: (url: string) => Promise<Answer>,
): Promise<Answer> {
  const server = startProgram(program);
  try {
    return await use((await ask<ServerReady>(server, request)).url);
  } finally {
    server.kill();
  }
}

async function inOwnProcess(worker: string, request: WalkRequest): Promise<WalkFigures> {
  // As the stack sets it: Node would rather take memory than collect garbage.
  const flags = ["--max-semi-space-size=4", "--expose-gc"];
  const child = start(worker, flags);
  try {
    return await ask<WalkFigures>(child, request);
  } finally {
    child.kill();
  }
}

async function bundledWorker(directory: string): Promise<string> {
  const outfile = join(directory, "worker.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("walk-worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    conditions: ["longhaul-source"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return outfile;
}
