import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type LocalAws, startLocalAws } from "@longhaul/local";
import { watchRuns } from "@longhaul/local/testing";
import { build } from "esbuild";
import { synthesizeApp } from "./synthesized-app.ts";

/** Queue-loops on an embedded AWS, with what works its queue off without Longhaul. */
export interface LoopBench {
  /** Has so many loops of the app work off so many messages; answers how long it took, in ms. */
  byLoops(loops: number, messages: number): Promise<number>;
  /** The same by so many functions of the same size, each with a plain loop. */
  byPlainLoops(functions: number, messages: number): Promise<number>;
  /** Totals of the app's loops. */
  readonly cost: { hops: number; periods: number; writes: number };
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 20_000;
const PLAIN = "plain-loop";

/** Synthesizes the app into a directory and deploys it. */
export async function startLoopBench(directory: string): Promise<LoopBench> {
  await synthesizeApp("queue-loops", directory);
  const codeDirectory = join(directory, "plain-loop");
  await bundlePlainLoop(codeDirectory);
  const aws = await startLocalAws();
  const { outputs } = await aws.deploy(directory);
  const queueUrl = outputs.MessagesQueueUrl ?? "";
  const queue = aws.sqs.queues.get(queueUrl.slice(queueUrl.lastIndexOf("/") + 1));
  const { roleArn, memoryMb, timeoutSeconds } = aws.lambda.getFunction(outputs.FunctionName ?? "");
  await aws.lambda.createFunction({
    name: PLAIN,
    codeDirectory,
    handler: "index.handler",
    runtime: "nodejs24.x",
    memoryMb,
    timeoutSeconds,
    roleArn,
    environment: { QUEUE_URL: queueUrl },
  });
  const cost = { hops: 0, periods: 0, writes: 0 };
  let running = 0;
  watchRuns(aws.lambda, () => true).onEvent(({ type }) => {
    if (type !== "hop.start") return;
    running++;
    cost.hops++;
  });

  /** Puts all messages at once, beside HTTP, so that sending them takes nothing from those who receive. */
  async function worked(messages: number): Promise<number> {
    const beganMs = performance.now();
    for (let at = 0; at < messages; at++) {
      aws.sqs.queues.send(queue, { body: `{"number":${at},"quiet":true}`, attributes: {}, senderId: "bench" });
    }
    await queue.messages.emptied();
    return performance.now() - beganMs;
  }
  const writes = () => callsOf(aws, roleArn, "dynamodb:PutItem");

  return {
    cost,
    async byLoops(loops, messages) {
      running = 0;
      const [before, beganMs] = [writes(), performance.now()];
      await call(aws, outputs.StartFunctionName, { loops });
      while (running < loops) await pause();
      await pause(500);
      const durationMs = await worked(messages);
      await call(aws, outputs.StopFunctionName, {});
      // Each loop learns of it from its next heartbeat.
      await aws.lambda.idle();
      cost.periods += (loops * (performance.now() - beganMs)) / HEARTBEAT_MS;
      cost.writes += writes() - before;
      return durationMs;
    },
    async byPlainLoops(functions, messages) {
      let begun = 0;
      const off = aws.lambda.on("invoke.start", ({ functionName }) => {
        if (functionName === PLAIN) begun++;
      });
      for (let at = 0; at < functions; at++) {
        await aws.lambda.invoke({ functionName: PLAIN, invocationType: "Event", payload: "{}" });
      }
      while (begun < functions) await pause();
      off();
      await pause(500);
      const durationMs = await worked(messages);
      await aws.lambda.idle();
      return durationMs;
    },
    stop: () => aws.stop(),
  };
}

/** Bundled and minified as the app's functions are. */
async function bundlePlainLoop(directory: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(new URL("queue-loops-plain.ts", import.meta.url))],
    outfile: join(directory, "index.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    conditions: ["longhaul-source", "module"],
    mainFields: ["module", "main"],
    banner: { js: `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);` },
    logLevel: "error",
  });
}

async function call(aws: LocalAws, functionName = "", event: object): Promise<void> {
  const { functionError, payload } = await aws.lambda.invoke({ functionName, payload: JSON.stringify(event) });
  if (functionError) throw new Error(payload);
}

function callsOf(aws: LocalAws, roleArn: string, action: string): number {
  const calls = aws.calls.list().filter((call) => call.roleArn === roleArn && call.action === action);
  return calls.reduce((sum, { count }) => sum + count, 0);
}

function pause(ms = 20): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
