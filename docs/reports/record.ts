/**
 * Records the histories that the lane of the reports draws, from runs of the apps on the embedded AWS: a file that is
 * worked off slowly, several files, and a walk of several parts. Some invocations of each are killed.
 *
 * usage: node --conditions=longhaul-source docs/reports/record.ts [NAME...]
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findApp } from "../../packages/cli/src/local/app.ts";
import { runJob } from "../../packages/cli/src/local/job.ts";
import { jobInput } from "../../packages/cli/src/local/job-input.ts";
import { startAndDeploy } from "../../packages/cli/src/local/local-app.ts";
import { screenOn } from "../../packages/cli/src/terminal.ts";
import { WORKSPACE } from "../generate/places.ts";
import { RECORDED } from "./recorded.ts";

/** A run to record. */
interface Recording {
  readonly app: string;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly listLatencyMs?: number;
  /** Each so-many-th invocation is killed in its middle. */
  readonly killEvery?: number;
  /** Writes the input; answers with the place below the directory that is put. */
  writeInput(directory: string): Promise<string>;
}

const PLACES = ["Österreich", "España & Portugal", "日本", "Côte d'Ivoire"];

const RECORDINGS: Readonly<Record<string, Recording>> = {
  "one-file": {
    app: "s3-batch",
    timeoutSeconds: 5,
    environment: { MAX_BYTES_PER_SECOND: "25000" },
    killEvery: 3,
    async writeInput(directory) {
      const records = Array.from({ length: 12_000 }, (_, id) => JSON.stringify({ id, text: "x".repeat(40) }));
      await writeFile(join(directory, "cities of 日本.ndjson"), records.join("\n"));
      return "cities of 日本.ndjson";
    },
  },
  "several-files": {
    app: "sqs-file",
    timeoutSeconds: 4,
    environment: { BATCH_SIZE: "100" },
    killEvery: 3,
    async writeInput(directory) {
      for (const [at, place] of PLACES.entries()) {
        const records = Array.from({ length: 2_500 * (at + 1) }, (_, id) =>
          JSON.stringify({ id, place, text: "x".repeat(40) }),
        );
        await writeFile(join(directory, `cities of ${place}.ndjson`), records.join("\n"));
      }
      await writeFile(join(directory, "broken.ndjson"), `${JSON.stringify({ id: 1 })}\n{"id": 2, \n`);
      return ".";
    },
  },
  walk: {
    app: "bucket-walker",
    timeoutSeconds: 5,
    environment: { PAGE_KEYS: "20", LIST_CONCURRENCY: "2", MAX_PARTS: "10" },
    listLatencyMs: 300,
    killEvery: 5,
    async writeInput(directory) {
      for (const folder of ["photos", "logs/2026", "backups", "tmp"]) {
        await mkdir(join(directory, folder), { recursive: true });
        await Promise.all(
          Array.from({ length: 1_800 }, (_, at) =>
            writeFile(join(directory, folder, `${at}.txt`), "x".repeat(at % 50)),
          ),
        );
      }
      return ".";
    },
  },
};

const names = process.argv.slice(2);
for (const [name, recording] of Object.entries(RECORDINGS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  await record(name, recording);
}

async function record(name: string, recording: Recording): Promise<void> {
  const { timeoutSeconds, environment, listLatencyMs, killEvery } = recording;
  const screen = screenOn(process.stdout);
  const parent = await mkdtemp(join(tmpdir(), "longhaul-record-"));
  const input = join(parent, "input");
  await mkdir(input);
  const app = await findApp(join(WORKSPACE, "packages", recording.app), screen.line);
  try {
    const given = await jobInput(app, { input: join(input, await recording.writeInput(input)) });
    const deployed = await startAndDeploy(app, { timeoutSeconds, environment, listLatencyMs }, screen);
    try {
      if (killEvery !== undefined)
        killSome(deployed.aws.lambda, deployed.functionName, killEvery, timeoutSeconds * 600);
      const { history } = await runJob(app, deployed, given, screen);
      await mkdir(RECORDED, { recursive: true });
      await writeFile(join(RECORDED, `${name}.json`), `${JSON.stringify(history)}\n`);
      console.log(`${name}: ${history.status}, ${history.hops.length} invocations, ${history.samples.length} samples`);
    } finally {
      await deployed.stop();
    }
  } finally {
    app.program.close();
    await rm(parent, { recursive: true, force: true });
  }
}

type Lambda = Awaited<ReturnType<typeof startAndDeploy>>["aws"]["lambda"];

function killSome(lambda: Lambda, functionName: string, every: number, afterMs: number): void {
  const pids = new Map<string, number>();
  const running = new Set<string>();
  let invocations = 0;
  lambda.on("sandbox.start", ({ sandboxId, pid }) => void pids.set(sandboxId, pid));
  lambda.on("invoke.end", ({ requestId }) => void running.delete(requestId));
  lambda.on("invoke.start", (event) => {
    if (event.functionName !== functionName || ++invocations % every !== 0) return;
    const pid = pids.get(event.sandboxId);
    running.add(event.requestId);
    setTimeout(() => {
      if (pid !== undefined && running.has(event.requestId)) process.kill(pid, "SIGKILL");
    }, afterMs);
  });
}
