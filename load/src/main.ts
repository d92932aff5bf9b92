/**
 * The load lane: two apps' stacks on the embedded AWS at the highest rate of this machine. Nothing may be lost, memory has to stay flat,
 * and after the stop no handle, process or file may be left.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { clock } from "../../scripts/clock.ts";
import { commandLine } from "../../scripts/command-line.ts";
import type { Counts, Remains, Sample } from "./figures.ts";
import { isPlant, PLANTS } from "./plants.ts";
import type { LoadRequest, Said } from "./system.ts";
import { faultsOf, growthOf } from "./verdict.ts";

const EXIT = { well: 0, wrong: 1, usage: 2 } as const;
/** A line of progress so often where nothing can be redrawn, in milliseconds. */
const LINE_EVERY_MS = 15_000;
const plants = Object.entries(PLANTS).map(([name, does]) => `               ${name.padEnd(8)} ${does}`);

const USAGE = `Puts two apps' stacks on the embedded AWS under the highest load of this machine, and checks that nothing is lost, that memory
stays flat, and that nothing is left after the stop.

  npm run load -- [--minutes N] [--json] [--plant NAME]

  --minutes    how long the load lasts (default 10); its start and stop come on top
  --json       one JSON object on standard output, all else on standard error
  --plant      plants a fault, to see the lane red; it has to end with ${EXIT.wrong}:
${plants.join("\n")}

Files go through S3, SNS, SQS, Lambda and DynamoDB (sqs-file), objects through S3 and Lambda (s3-batch). As soon as an item's result was
compared with what it has to be, the item is removed and the next one is put.

Ends with ${EXIT.well} if all is well, else with ${EXIT.wrong}; with ${EXIT.usage} for a wrong command line.
`;

const { values } = commandLine(USAGE, {
  options: {
    minutes: { type: "string", default: "10" },
    json: { type: "boolean", default: false },
    plant: { type: "string" },
  },
});
const minutes = Number(values.minutes);
const { plant } = values;
if (!(minutes > 0) || !Number.isFinite(minutes))
  usage(`--minutes must be a number above 0, not ${JSON.stringify(values.minutes)}.`);
else if (plant !== undefined && !isPlant(plant))
  usage(`There is no fault ${JSON.stringify(plant)} to plant: ${Object.keys(PLANTS).join(", ")}.`);
else process.exitCode = await lane({ durationMs: minutes * 60_000, plant });

async function lane(request: Omit<LoadRequest, "directory">): Promise<number> {
  const output = values.json ? process.stderr : process.stdout;
  const directory = await mkdtemp(join(tmpdir(), "longhaul-load-"));
  try {
    const { counts, samples, handles } = await underLoad(
      { ...request, directory },
      progressOn(output, request.durationMs),
    );
    const left = await readdir(directory);
    const remains: Remains = {
      handles,
      pids: counts.pids.filter(isAlive),
      files: left.filter((name) => !name.endsWith(".cdk")),
    };
    const faults = faultsOf(counts, samples, remains);
    const report = reportOf(counts, samples);
    output.write(`\n${report.text}\n${faults.map((fault) => `WRONG  ${fault}\n`).join("")}`);
    if (values.json) process.stdout.write(`${JSON.stringify({ ...report.figures, faults, samples })}\n`);
    return faults.length === 0 ? EXIT.well : EXIT.wrong;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Runs the system in a process of its own to its end, or until it says what keeps it alive. */
async function underLoad(request: LoadRequest, onSaid: (said: Said) => void) {
  const system = fork(fileURLToPath(new URL("system.ts", import.meta.url)), {
    execArgv: ["--conditions=longhaul-source", "--expose-gc"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const samples: Sample[] = [];
  let counts: Counts | undefined;
  let handles: readonly string[] = [];
  system.on("message", (said: Said) => {
    onSaid(said);
    if (said.type === "sample") samples.push(said.sample);
    if (said.type === "over") counts = said.counts;
    if (said.type === "alive") {
      handles = said.handles;
      system.kill();
    }
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => system.kill(signal));
  system.send(request);
  const [code, signal] = await once(system, "exit");
  if (counts === undefined) throw new Error(`The system ended before its load did: ${signal ?? `exit code ${code}`}.`);
  return { counts, samples, handles };
}

function progressOn(output: NodeJS.WriteStream, durationMs: number): (said: Said) => void {
  let nextLineMs = 0;
  return (said) => {
    if (said.type === "stage") output.write(`${said.text}\n`);
    if (said.type === "over") output.write("\nstopped; looking for what is left");
    if (said.type !== "sample") return;
    const { elapsedMs, done, liveMb, residentMb } = said.sample;
    const perSecond = (done * 1_000) / elapsedMs;
    const line = `${clock(elapsedMs)} of ${clock(durationMs)}  ${done} items, ${perSecond.toFixed(1)}/s, ${liveMb.toFixed(0)} MB live, ${residentMb.toFixed(0)} MB resident`;
    if (output.isTTY) output.write(`\r\x1b[2K${line}`);
    else if (elapsedMs >= nextLineMs) {
      nextLineMs = elapsedMs + LINE_EVERY_MS;
      output.write(`${line}\n`);
    }
  };
}

function reportOf({ begun, done, invocations, pids }: Counts, samples: readonly Sample[]) {
  const seconds = (samples.at(-1)?.elapsedMs ?? 0) / 1_000;
  const growth = growthOf(samples);
  const itemsPerSecond = (samples.at(-1)?.done ?? 0) / seconds;
  const figures = { begun, done, invocations, instances: pids.length, seconds, itemsPerSecond, ...growth };
  const memory = growth && `live memory ${growth.fromMb.toFixed(0)} MB, then ${growth.toMb.toFixed(0)} MB`;
  const text = `${done} of ${begun} items exact in ${seconds.toFixed(0)} s, ${itemsPerSecond.toFixed(1)}/s; ${invocations} invocations in ${pids.length} instances; ${memory ?? ""}`;
  return { figures, text };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function usage(reason: string): void {
  process.stderr.write(`load: ${reason}\nSee: npm run load -- --help\n`);
  process.exitCode = EXIT.usage;
}
