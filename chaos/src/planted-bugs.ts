import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { edit } from "../../mutants/src/edit.ts";
import { makeScratch } from "../../mutants/src/scratch.ts";

/** A bug that the lane has to notice. */
interface PlantedBug {
  readonly name: string;
  /** The app that shows it. */
  readonly app: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** Bugs that only show when something goes wrong on the way. */
export const BUGS: readonly PlantedBug[] = [
  {
    name: "delete-before-work",
    app: "queue-loops",
    file: "packages/fleet/src/loop/in-flight.ts",
    from: "    try {\n      await Promise.race([late, process(",
    to: "    this.#done.push(message);\n    void this.removeDone();\n    try {\n      await Promise.race([late, process(",
  },
  {
    name: "save-before-write",
    app: "sqs-file",
    file: "packages/objects/src/load/load-file.ts",
    from: `      await store(records, { run: run.id, file, signal, fence: run.fence, calls });
      at = { ...at, read: batch.end, skipped: at.skipped + skipped + batch.rejected.length };
      stall.hold();
      await keepPace(at.read.record, signal);
      progress({ records: at.read.record, skipped: at.skipped });
      yield at;
      stall.unhold();`,
    to: `      at = { ...at, read: batch.end, skipped: at.skipped + skipped + batch.rejected.length };
      stall.hold();
      await keepPace(at.read.record, signal);
      progress({ records: at.read.record, skipped: at.skipped });
      yield at;
      stall.unhold();
      await store(records, { run: run.id, file, signal, fence: run.fence, calls });`,
  },
  {
    name: "delete-before-save",
    app: "s3-batch",
    file: "packages/objects/src/transform/process-object.ts",
    from: "if (saved === undefined) await Promise.all([written.removeTails(), discarding]);",
    to: "await Promise.all([written.removeTails(), discarding]);",
  },
  {
    name: "lost-hand-offs-stay-lost",
    app: "s3-batch",
    file: "packages/cdk/src/sweeper-handler.ts",
    from: "const olderThanMs = Number(",
    to: "const olderThanMs = 1e12 + Number(",
  },
];

/** Runs the lane in a copy of the working tree that has the bug; answers with its exit code. */
export async function runWithBug(name: string, args: readonly string[], say: (line: string) => void): Promise<number> {
  const bug = BUGS.find((each) => each.name === name);
  if (!bug) throw new Error(`There is no bug ${name}.`);
  const scratch = makeScratch(fileURLToPath(new URL("../..", import.meta.url)));
  try {
    const path = join(scratch.path, bug.file);
    const edited = edit(await readFile(path, "utf8"), bug.from, bug.to);
    if ("problem" in edited) throw new Error(`${bug.file}: ${edited.problem}`);
    await writeFile(path, edited.text);
    say(`planted: ${bug.name}, in a copy of the working tree`);
    const rest = args.filter((arg, at) => arg !== "--bug" && args[at - 1] !== "--bug" && !arg.startsWith("--bug="));
    const onlyApp = rest.includes("--app") ? [] : ["--app", bug.app];
    const main = join(scratch.path, "chaos/src/main.ts");
    const child = spawn(process.execPath, ["--conditions=longhaul-source", main, ...rest, ...onlyApp], {
      cwd: scratch.path,
      stdio: "inherit",
    });
    // The lane ends by itself then, and the copy has to go after it.
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => resolve(code ?? 1));
    });
  } finally {
    await scratch.remove();
  }
}
