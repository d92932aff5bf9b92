import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { bundleHandler } from "./bundled-handler.ts";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";

const HOPS = 1_000;

/** Invokes itself through the SDK until it was invoked so often, and does nothing else. */
const BARE = `
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
const client = new LambdaClient({});
export const handler = async ({ left }, { invokedFunctionArn }) => {
  if (left <= 1) return;
  const Payload = JSON.stringify({ left: left - 1 });
  await client.send(new InvokeCommand({ FunctionName: invokedFunctionArn, InvocationType: "Event", Payload }));
};`;

/** The same by `recursive()`: each step takes longer than the budget has left, so every hop hands off after one. */
const RECURSIVE = `
import { recursive } from "@longhaul/core";
import { lambdaDriver } from "@longhaul/core/lambda";
const endAfter = (context, left) => ({ ...context, getRemainingTimeInMillis: () => left.ms });
const run = recursive({
  start: ({ left }) => left,
  driver: lambdaDriver(),
  async *run(state, { context }) {
    for (let left = state - 1; left > 0; left--) { context.left.ms = 0; yield left; }
  },
});
export const handler = (event, context) => {
  const left = { ms: 3000 };
  return run(event, { ...endAfter(context, left), left });
};`;

/** How long a hop takes when a function on the embedded Lambda invokes itself asynchronously, warm. */
export async function selfInvoke({ rounds: count = 5 }: BenchOptions): Promise<Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), "longhaul-bench-"));
  const aws = await startLocalAws();
  try {
    const bare = await deploy(aws, directory, "bare", BARE);
    const looped = await deploy(aws, directory, "recursive", RECURSIVE);
    const medians: Record<string, number[]> = { [bare]: [], [looped]: [] };
    const chain = (name: string) => async () => {
      const { totalMs, hopMs } = await hops(aws, name);
      medians[name]?.push(median(hopMs));
      return totalMs;
    };
    const rounds = await alternate(
      {
        "SDK, 1,000 hops": chain(bare),
        "recursive(), 1,000 hops": chain(looped),
        "synchronous SDK Invoke x 1,000": () => synchronousCalls(aws, bare),
      },
      { rounds: count, warmUps: 1 },
    );
    // The first of each was the warm-up.
    const hopMs = medians[bare]?.slice(1) ?? [];
    const recursiveMs = medians[looped]?.slice(1) ?? [];
    const totalMs = Math.max(...rounds["SDK, 1,000 hops"]);
    const callMs = median(rounds["synchronous SDK Invoke x 1,000"]) / HOPS;
    return [
      {
        what: "asynchronous self-invoke through the SDK, warm",
        figure: `median ${median(hopMs).toFixed(2)} ms a hop, ${(median(hopMs) / callMs).toFixed(2)} x a synchronous Invoke's ${callMs.toFixed(2)} ms; recursive() ${median(recursiveMs).toFixed(2)} ms`,
        bar: "median at most 5 ms",
        isMet: median(hopMs) <= 5,
        values: { hopMs: median(hopMs), recursiveHopMs: median(recursiveMs) },
        rounds: { "SDK, median hop": hopMs, "recursive(), median hop": recursiveMs },
      },
      {
        what: "1,000 hops of asynchronous self-invoke",
        figure: `slowest round ${(totalMs / 1000).toFixed(2)} s`,
        bar: "at most 15 s",
        isMet: totalMs <= 15_000,
        rounds,
      },
    ];
  } finally {
    await aws.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function deploy(aws: LocalAws, directory: string, name: string, source: string): Promise<string> {
  const codeDirectory = join(directory, name);
  await bundleHandler(source, codeDirectory, { conditions: ["longhaul-source"] });
  await aws.lambda.createFunction({
    name,
    codeDirectory,
    runtime: "nodejs24.x",
    roleArn: `arn:aws:iam::${aws.accountId}:role/bench`,
    memoryMb: 1024,
    timeoutSeconds: 10,
    recursiveLoop: "Allow",
    environment: { LONGHAUL_RECURSIVE_LOOP: "Allow" },
  });
  return name;
}

/** One chain of hops: each from the begin of an invocation to the begin of the next, as the embedded Lambda tells. */
async function hops(aws: LocalAws, functionName: string): Promise<{ totalMs: number; hopMs: number[] }> {
  const begunMs: number[] = [];
  const failures: string[] = [];
  const offs = [
    aws.lambda.on("invoke.start", () => begunMs.push(performance.now())),
    aws.lambda.on("invoke.end", ({ error }) => {
      if (error !== undefined) failures.push(error);
    }),
  ];
  const beganMs = performance.now();
  await aws.lambda.invoke({ functionName, invocationType: "Event", payload: JSON.stringify({ left: HOPS }) });
  await aws.lambda.idle();
  const totalMs = performance.now() - beganMs;
  for (const off of offs) off();
  if (failures[0] !== undefined) throw new Error(`A hop failed: ${failures[0]}`);
  if (begunMs.length !== HOPS) throw new Error(`There were ${begunMs.length} hops, not ${HOPS}.`);
  return { totalMs, hopMs: begunMs.slice(1).map((ms, i) => ms - (begunMs[i] ?? 0)) };
}

/** The limit for a hop: the same function, called from outside and awaited. */
async function synchronousCalls(aws: LocalAws, FunctionName: string): Promise<number> {
  const client = new LambdaClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  const beganMs = performance.now();
  for (let i = 0; i < HOPS; i++) await client.send(new InvokeCommand({ FunctionName, Payload: '{"left":1}' }));
  const durationMs = performance.now() - beganMs;
  client.destroy();
  return durationMs;
}
