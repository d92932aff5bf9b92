import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** How the tests of a name went. `unloaded`: the file did not come to its tests. `hung`: it was ended at the limit. */
export type TestRun =
  | { readonly state: "passed" | "none" }
  | { readonly state: "failed" | "unloaded" | "hung"; readonly message: string };

/** Processes of tests that run; each leads a group. */
const running = new Set<number>();

/** Ends all tests that run, with what they have started. */
export function endTests(): void {
  for (const pid of running) process.kill(-pid, "SIGKILL");
}

/** The output of Vitest's JSON reporter, as far as it is used. */
interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** Runs the tests of one file whose name contains a text. */
export async function runTest(options: {
  /** Folder of the package. */
  readonly folder: string;
  readonly testFile: string;
  readonly test: string;
  readonly limitMs: number;
}): Promise<TestRun> {
  const { folder, testFile, limitMs } = options;
  // Vitest's filter joins the names of `describe` and `it` by " > ", its report by a space.
  const name = options.test.replaceAll(" > ", " ");
  const reports = await mkdtemp(join(tmpdir(), "longhaul-mutants-report-"));
  try {
    const output = join(reports, "report.json");
    const vitest = join(
      dirname(createRequire(join(folder, "package.json")).resolve("vitest/package.json")),
      "vitest.mjs",
    );
    const pattern = options.test.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" > ", "(?: >)? ");
    const args = [vitest, "run", testFile, "-t", pattern, "--reporter=json", `--outputFile=${output}`];
    const { log, hung } = await finished(args, folder, limitMs);
    if (hung) return { state: "hung", message: `it did not end within ${limitMs / 1_000} s` };
    const text = await readFile(output, "utf8").catch(() => undefined);
    if (text === undefined) return { state: "unloaded", message: log.slice(-500) };
    return judged(JSON.parse(text) as Report, name);
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

function judged({ testResults }: Report, name: string): TestRun {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const named = tests.filter(({ fullName, status }) => fullName.includes(name) && /passed|failed/.test(status));
  const failed = named.find(({ status }) => status === "failed");
  if (failed) return { state: "failed", message: failed.failureMessages?.[0]?.split("\n")[0] ?? "" };
  if (named.length > 0) return { state: "passed" };
  const broken = testResults.find(({ message }) => message);
  return broken ? { state: "unloaded", message: broken.message?.split("\n")[0] ?? "" } : { state: "none" };
}

function finished(args: string[], cwd: string, limitMs: number): Promise<{ log: string; hung: boolean }> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what the test has started ends with it.
    const child = spawn(process.execPath, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let log = "";
    let hung = false;
    const limit = setTimeout(() => {
      hung = true;
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    }, limitMs);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        log += chunk.toString();
      });
    }
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(limit);
      if (pid !== undefined) running.delete(pid);
      resolve({ log, hung });
    });
  });
}
