import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalAws } from "@longhaul/local";
import type { BenchOptions, Finding } from "./finding.ts";
import { ask, startProgram } from "./own-process.ts";
import { synthesizeApp } from "./synthesized-app.ts";
import type { ComputedRequest, Served } from "./walk-computed-server.ts";
import type { ServerReady } from "./walk-server.ts";

const SHAPE = "hex";
const PAGE_KEYS = 1_000;
const LATENCY_MS = 50;
/** Few requests at once in each hop, so that a hop waits for the server, and not for one of the two processors. */
const HOP_CONCURRENCY = 8;
/** The keys of a hop that does nothing but wait, a second. */
const HOP_KEYS_PER_SECOND = (HOP_CONCURRENCY * PAGE_KEYS * 1_000) / LATENCY_MS;
/** Numbers of hops at a time that are compared. */
const HOPS = [1, 2, 4] as const;
/** Keys for the comparison, and for the large walk. */
const COMPARED_KEYS = 10_000_000;
const LARGE_KEYS = 100_000_000;
/** A hop is cut off after so long, so that a walk takes many. */
const TIMEOUT_SECONDS = 30;

/** A walk by a fleet of hops. */
interface FleetWalk {
  readonly ms: number;
  readonly listings: number;
  readonly invocations: number;
  /** Most invocations at a time. */
  readonly atOnce: number;
}

/**
 * The real bucket-walker on the embedded Lambda, over a server that computes the pages of a bucket of any size: keys a second of one,
 * two and four hops at a time, and a walk of 100,000,000 keys by hops of 30 s. The report has to count each key.
 */
export async function walkFleet({ rounds: count = 1 }: BenchOptions): Promise<Finding[]> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-bench-fleet-"));
  try {
    const assembly = await synthesizeApp("bucket-walker", directory);
    const findings: Finding[] = [];
    const speeds: Record<string, number[]> = {};
    for (const hops of HOPS) {
      const walks: FleetWalk[] = [];
      while (walks.length < count) walks.push(await walkBy(assembly, hops, COMPARED_KEYS));
      speeds[`${hops} at a time`] = walks.map(({ ms }) => (COMPARED_KEYS * 1_000) / ms);
    }
    const speedOf = (hops: number) => Math.max(...(speeds[`${hops} at a time`] ?? []));
    const [fewest, most] = [HOPS[0], HOPS.at(-1) ?? 1];
    const gain = speedOf(most) / speedOf(fewest);
    findings.push({
      what: `a fleet's walk of ${millions(COMPARED_KEYS)} million keys`,
      figure: `${HOPS.map((hops) => `${hops} at a time ${thousands(speedOf(hops))}k keys/s`).join(", ")}: ${gain.toFixed(2)} x with ${most} times the hops`,
      bar: `at least ${0.75 * most} x`,
      isMet: gain >= 0.75 * most,
      values: { timesOneHop: gain },
      rounds: speeds,
      unit: "keys/s",
    });
    const large = await walkBy(assembly, most, LARGE_KEYS);
    const perSecond = (LARGE_KEYS * 1_000) / large.ms;
    findings.push({
      what: `a fleet's walk of ${millions(LARGE_KEYS)} million keys`,
      figure: `${(large.ms / 1_000).toFixed(0)} s, ${thousands(perSecond)}k keys/s, ${large.invocations} invocations, at most ${large.atOnce} at a time; ${((large.listings * PAGE_KEYS) / LARGE_KEYS).toFixed(3)} requests a page. ${most} hops that only waited would list ${thousands(most * HOP_KEYS_PER_SECOND)}k keys/s`,
      values: { keysPerSecondOf100Million: perSecond, invocations: large.invocations },
      rounds: { "100 million keys": [large.ms] },
    });
    return findings;
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function walkBy(assembly: string, hops: number, keys: number): Promise<FleetWalk> {
  const server = startProgram("walk-computed-server.ts");
  const aws = await startLocalAws();
  try {
    const request: ComputedRequest = { shape: SHAPE, keys, latencyMs: LATENCY_MS };
    const { url } = await ask<ServerReady>(server, request);
    const environment = {
      AWS_ENDPOINT_URL_S3: url,
      LIST_CONCURRENCY: String(HOP_CONCURRENCY),
      MAX_PARTS: String(hops),
    };
    const { outputs } = await aws.deploy(assembly, {
      functionOverrides: { "*": { environment, timeoutSeconds: TIMEOUT_SECONDS } },
    });
    const functionName = outputs.FunctionName ?? "";
    const tally = { invocations: 0, running: 0, atOnce: 0 };
    const failures: string[] = [];
    aws.lambda.on("invoke.start", (event) => {
      if (event.functionName !== functionName) return;
      tally.invocations++;
      tally.atOnce = Math.max(tally.atOnce, ++tally.running);
    });
    aws.lambda.on("invoke.end", (event) => {
      if (event.functionName !== functionName) return;
      tally.running--;
      if (event.error !== undefined) failures.push(event.error);
    });
    const beganMs = performance.now();
    const event = { bucket: "synthetic", action: "report", walkId: "bench" };
    await aws.lambda.invoke({ functionName, invocationType: "Event", payload: JSON.stringify(event) });
    await aws.lambda.idle();
    const ms = performance.now() - beganMs;
    const { listings, report } = await ask<Served>(server, { ask: "served" });
    const counted = (report as { readonly objects?: number } | undefined)?.objects;
    if (counted !== keys) throw new Error(`The walk counted ${counted} of ${keys} keys. ${failures[0] ?? ""}`);
    return { ms, listings, invocations: tally.invocations, atOnce: tally.atOnce };
  } finally {
    await aws.stop();
    server.kill();
  }
}

const millions = (keys: number) => Math.round(keys / 1e6).toLocaleString("en-US");
const thousands = (keys: number) => Math.round(keys / 1e3).toLocaleString("en-US");
