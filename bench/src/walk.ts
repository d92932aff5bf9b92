import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { BenchOptions, Finding } from "./finding.ts";
import { median } from "./measure.ts";
import { KEY_SHAPES, type KeyShape } from "./walk-keys.ts";
import type { ServerReady, ServerRequest } from "./walk-server.ts";
import type { WalkFigures, WalkRequest } from "./walk-worker.ts";

const KEYS = 1_000_000;
const LATENCY_MS = 50;
const CONCURRENCY = 64;
const MIN_REQUESTS = KEYS / 1_000;

/**
 * Walking a bucket of 1,000,000 keys in four shapes, 50 ms a request, without hints: the parallel walk against the SDK's
 * own paginator. Server and walkers are processes of their own; the walkers' code is bundled, as it is when deployed, and
 * each begins cold. Each shape: walks, one listing by the paginator (a minute), walks.
 */
export async function walk({ rounds = 4 }: BenchOptions): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-walk-"));
  const server = start(fileURLToPath(new URL("walk-server.ts", import.meta.url)), ["--conditions=longhaul-source"]);
  try {
    const worker = await bundledWorker(directory);
    const request: ServerRequest = { shapes: KEY_SHAPES, keys: KEYS, beforeListMs: LATENCY_MS };
    const { url } = await ask<ServerReady>(server, request);
    const findings: Finding[] = [];
    for (const shape of KEY_SHAPES) findings.push(...(await walkShape(worker, { url, bucket: shape }, rounds)));
    return findings;
  } finally {
    server.kill();
    await rm(directory, { recursive: true });
  }
}

async function walkShape(
  worker: string,
  { url, bucket: shape }: { readonly url: string; readonly bucket: KeyShape },
  rounds: number,
): Promise<Finding[]> {
  const by = (by: WalkRequest["by"]) => inOwnProcess(worker, { url, bucket: shape, by, concurrency: CONCURRENCY });
  const walks: WalkFigures[] = [];
  while (walks.length < rounds / 2) walks.push(await by("walk"));
  const paginator = await by("paginator");
  while (walks.length < rounds) walks.push(await by("walk"));
  for (const { keys, bytes } of walks) {
    if (keys !== KEYS || bytes !== paginator.bytes) throw new Error(`${shape}: ${keys} keys, ${bytes} bytes.`);
  }
  const of = (figure: (walk: WalkFigures) => number) => walks.map(figure);
  const ms = median(of((walk) => walk.ms));
  const speedUp = paginator.ms / ms;
  const requests = Math.max(...of((walk) => walk.requests));
  const usPerKey = median(of((walk) => (walk.cpuMs * 1000) / walk.keys));
  const peakMb = Math.max(...of((walk) => walk.peakMb));
  return [
    {
      what: `walk, ${shape}`,
      figure: `${speedUp.toFixed(1)} x the SDK's paginator, ${Math.round(KEYS / ms).toLocaleString("en-US")}k keys/s`,
      bar: "at least 30 x",
      isMet: speedUp >= 30,
      rounds: { walk: of((walk) => walk.ms), paginator: [paginator.ms] },
    },
    {
      what: `walk, ${shape}, requests`,
      figure: `${(requests / MIN_REQUESTS).toFixed(2)} x the serial minimum`,
      bar: "at most 1.3 x",
      isMet: requests <= 1.3 * MIN_REQUESTS,
      rounds: { walk: of((walk) => walk.requests), paginator: [paginator.requests] },
      unit: "requests",
    },
    {
      what: `walk, ${shape}, processor time`,
      figure: `${usPerKey.toFixed(2)} µs a key; the paginator ${((paginator.cpuMs * 1000) / KEYS).toFixed(1)}`,
      bar: "at most 2 µs",
      isMet: usPerKey <= 2,
      rounds: { walk: of((walk) => (walk.cpuMs * 1000) / walk.keys) },
      unit: "µs",
    },
    {
      what: `walk, ${shape}, memory`,
      figure: `${Math.round(peakMb)} MB at most; the paginator ${Math.round(paginator.peakMb)}`,
      bar: "below 200 MB",
      isMet: peakMb < 200,
      rounds: { walk: of((walk) => walk.peakMb) },
      unit: "MB",
    },
  ];
}

async function inOwnProcess(worker: string, request: WalkRequest): Promise<WalkFigures> {
  // Node would rather take memory than collect garbage; a small function has less to take.
  const child = start(worker, ["--max-semi-space-size=4"]);
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

function start(file: string, execArgv: readonly string[]): ChildProcess {
  return fork(file, { execArgv: [...execArgv] });
}

async function ask<Answer>(child: ChildProcess, request: object): Promise<Answer> {
  child.send(request);
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${child.spawnfile} ended with ${code}.`);
  });
  ended.catch(() => {});
  const [answer] = await Promise.race([once(child, "message"), ended]);
  return answer as Answer;
}
