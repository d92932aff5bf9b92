import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../usage-error.ts";
import type { RunHistory } from "./run-history.ts";

/** Where the histories of runs are kept, below the working directory. */
const RUNS_DIRECTORY = join(".longhaul", "runs");

/** The short name of a run, for files and for typing: run ids hold keys, which must never become paths. */
export function shortName(run: string): string {
  return createHash("sha256").update(run).digest("hex").slice(0, 10);
}

/** Saves a history; answers with its path. */
export async function saveHistory(history: RunHistory, directory = RUNS_DIRECTORY): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${shortName(history.run)}.json`);
  await writeFile(path, `${JSON.stringify(history)}\n`);
  return path;
}

/**
 * Reads the history of a run, by its id or short name; `last` is the newest.
 *
 * @throws {@link UsageError} if there is none.
 */
export async function readHistory(name: string, directory = RUNS_DIRECTORY): Promise<RunHistory> {
  const files = (await readdir(directory).catch(() => [])).filter((file) => file.endsWith(".json"));
  const histories = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(directory, file), "utf8")) as RunHistory),
  );
  histories.sort((a, b) => b.startedAtMs - a.startedAtMs);
  const found = name === "last" ? histories[0] : histories.find(({ run }) => run === name || shortName(run) === name);
  if (found) return found;
  const known = histories.slice(0, 5).map(({ run }) => `  ${shortName(run)}  ${run}`);
  throw new UsageError(
    `No run "${name}" in ${directory}.${known.length > 0 ? ` The newest:\n${known.join("\n")}` : ""}`,
  );
}
