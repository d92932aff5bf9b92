/**
 * The system under load, in a process of its own: the embedded AWS with the apps' stacks, and clients that put item after item, so many
 * at a time, each a new one as soon as the one before is checked and removed. Told over IPC for how long; says samples, then its counts, and
 * ends by itself, or says what keeps it alive.
 */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { runEventOf, synthesize } from "@longhaul/local/testing";
import type { Counts, Sample } from "./figures.ts";
import { type Clients, file, type ItemKind, object } from "./items.ts";
import type { Plant } from "./plants.ts";

/** The lane's request to the system. */
export interface LoadRequest {
  readonly durationMs: number;
  /** Directory of its own, for what it writes. */
  readonly directory: string;
  readonly plant: Plant | undefined;
}

/** A message of the system. */
export type Said =
  | { readonly type: "stage"; readonly text: string }
  | { readonly type: "sample"; readonly sample: Sample }
  | { readonly type: "over"; readonly counts: Counts }
  | { readonly type: "alive"; readonly handles: readonly string[] };

/** Items at a time, of each kind: enough that the processors never wait. */
const AT_ONCE: readonly (readonly [ItemKind, number])[] = [
  [file, 12],
  [object, 4],
];
/** Longest time from an item's upload to the end of its run. */
const PATIENCE_MS = 120_000;
const SAMPLE_EVERY_MS = 2_000;
/** Longest time to end after the stop. */
const GRACE_MS = 10_000;
const LEAK_BYTES = 300_000;
/** The planted fault loses a part of each item whose number this divides. */
const LOST_EVERY = 10;

const say = (said: Said) => void process.send?.(said);

process.once("message", async (request: LoadRequest) => {
  const counts = await load(request);
  say({ type: "over", counts });
  // The channel keeps the process alive; nothing else may.
  process.channel?.unref();
  setTimeout(() => {
    // Its own: standard output and error, and the channel.
    const handles = process.getActiveResourcesInfo().filter((each) => !/^(?:PipeWrap|TTYWrap)$/.test(each));
    say({ type: "alive", handles: handles.length > 0 ? handles : ["a pipe"] });
  }, GRACE_MS).unref();
});

async function load({ durationMs, directory, plant }: LoadRequest): Promise<Counts> {
  const problems: string[] = [];
  const pids: number[] = [];
  const faults: string[] = [];
  const tally = { begun: 0, done: 0, invocations: 0 };
  const aws = await startLocalAws({ directory, onProblem: (error, source) => problems.push(`${source}: ${error}`) });
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const clients: Clients = {
    s3: new S3Client({ ...access, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(access),
  };
  aws.lambda.on("sandbox.start", ({ pid }) => pids.push(pid));
  aws.lambda.on("invoke.end", () => tally.invocations++);
  const runs = endsOfRuns(aws);
  const leaked: Buffer[] = [];
  try {
    const deployed = new Map<ItemKind, Readonly<Record<string, string>>>();
    for (const [kind] of AT_ONCE) deployed.set(kind, await deploy(aws, kind, directory));
    const beganMs = performance.now();
    const isOver = () => performance.now() - beganMs >= durationMs;
    const sampling = setInterval(
      () => say({ type: "sample", sample: sampleAt(performance.now() - beganMs, tally.done) }),
      SAMPLE_EVERY_MS,
    );
    const lane = async (kind: ItemKind) => {
      const outputs = deployed.get(kind) ?? {};
      while (!isOver()) {
        const number = ++tally.begun;
        const name = `${kind.app}-${number}`;
        try {
          const ended = runs.endOf(name);
          await kind.put(clients, outputs, name);
          const run = await ended;
          if (plant === "lost" && number % LOST_EVERY === 0) await kind.lose(clients, outputs, name, run);
          if (plant === "leak") leaked.push(Buffer.alloc(LEAK_BYTES, number));
          const fault = await kind.faultOf(clients, outputs, name, run);
          if (fault === undefined) tally.done++;
          else faults.push(`${name}: ${fault}`);
          await kind.remove(clients, outputs, name, run);
        } catch (error) {
          faults.push(`${name}: ${error}`);
        }
      }
    };
    await Promise.all(AT_ONCE.flatMap(([kind, lanes]) => Array.from({ length: lanes }, () => lane(kind))));
    clearInterval(sampling);
  } finally {
    runs.close();
    for (const client of Object.values(clients)) client.destroy();
    await aws.stop();
  }
  if (plant === "handle") setInterval(() => {}, 1_000);
  if (plant === "process") pids.push(leftProcess());
  return { ...tally, faults, problems, pids };
}

/** Resolves with the id of the run that has worked off an item, as soon as its function has said that it is done. */
function endsOfRuns(aws: LocalAws) {
  const waiting = new Map<string, (run: string) => void>();
  const timers = new Set<NodeJS.Timeout>();
  const off = aws.lambda.on("log", ({ message }) => {
    const event = runEventOf(message);
    if (event?.type !== "done") return;
    const [name = ""] = /[\w-]+-\d+(?=\.ndjson)/.exec(event.run) ?? [];
    waiting.get(name)?.(event.run);
  });
  return {
    async endOf(name: string): Promise<string> {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const lost = new Error(`lost: no run of it was done within ${PATIENCE_MS / 1_000} s`);
      const timer = setTimeout(reject, PATIENCE_MS, lost);
      timers.add(timer);
      waiting.set(name, resolve);
      return promise.finally(() => {
        clearTimeout(timer);
        timers.delete(timer);
        waiting.delete(name);
      });
    },
    close() {
      off();
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

async function deploy(aws: LocalAws, { app }: ItemKind, directory: string) {
  say({ type: "stage", text: `synthesizing and deploying ${app}` });
  const outdir = `${directory}/${app}.cdk`;
  const source = fileURLToPath(new URL(`../../packages/${app}`, import.meta.url));
  await synthesize({ directory: source, program: ["--conditions=longhaul-source", "infra/app.ts"], outdir });
  return (await aws.deploy(outdir)).outputs;
}

function sampleAt(elapsedMs: number, done: number): Sample {
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { elapsedMs, done, liveMb: (heapUsed + external) / 1e6, residentMb: rss / 1e6 };
}

/** A process that lives on as a function instance would that was forgotten; it ends by itself after a minute. */
function leftProcess(): number {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60_000)"], { detached: true, stdio: "ignore" });
  child.unref();
  return child.pid ?? 0;
}
