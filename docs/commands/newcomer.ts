/**
 * Walks the path of a newcomer: takes the commands from README.md and from the built pages of tutorial 1 to 7, runs them in
 * a fresh copy of the repository in an empty folder, and compares what they print with what the pages show.
 *
 * usage: node docs/commands/newcomer.ts
 */
import { execFile, execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DOCS, WORKSPACE } from "../generate/places.ts";
import { NAVIGATION } from "../navigation.ts";
import { lineNotPrinted, type PageCommand, pageCommands, sectionOf } from "../src/page-commands.ts";

const LIMIT_MS = 600_000;
/** Chapters that need nothing but the first installation. */
const CHAPTERS = 7;

const readme = await readFile(join(WORKSPACE, "README.md"), "utf8");
const [first] = pageCommands("README.md", sectionOf("README.md", readme, "Try it"));
const path: [page: string, commands: readonly PageCommand[]][] = [["README.md", first ? [first] : []]];
for (const page of NAVIGATION.find(({ label }) => label === "Tutorial")?.pages.slice(0, CHAPTERS) ?? []) {
  path.push([page, pageCommands(page, await readFile(join(DOCS, "dist", `${page}.md`), "utf8"))]);
}

const parent = await mkdtemp(join(tmpdir(), "newcomer-"));
try {
  const folder = await freshCopy(join(parent, "longhaul"));
  for (const [page, commands] of path) for (const command of commands) await follow(page, command, folder);
} finally {
  await rm(parent, { recursive: true, force: true });
}

/** Copies the files that git knows or would take, and nothing that was installed or built. */
async function freshCopy(folder: string): Promise<string> {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: WORKSPACE,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of listed.split("\0").filter(Boolean)) {
    const target = join(folder, file);
    await mkdir(dirname(target), { recursive: true });
    // A file that is deleted and not committed yet is listed, too.
    await copyFile(join(WORKSPACE, file), target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  return folder;
}

async function follow(page: string, { command, shown }: PageCommand, folder: string): Promise<void> {
  if (process.exitCode) return;
  const begunMs = performance.now();
  const { output, code } = await typed(command, folder);
  const missing = shown === undefined ? undefined : lineNotPrinted(shown, output);
  const isGood = code === 0 && missing === undefined;
  console.log(
    `${isGood ? "good " : "WRONG"}  ${page}  ${command}  ${((performance.now() - begunMs) / 1000).toFixed(0)} s`,
  );
  if (isGood) return;
  process.exitCode = 1;
  const why = code === 0 ? `It does not print what the page shows: "${missing}"` : `It ended with ${code}.`;
  console.error(`${why}\n--- printed\n${output}`);
}

/** Runs a command as a newcomer's shell would, without anything of the workspace that this process runs in. */
function typed(command: string, cwd: string): Promise<{ readonly output: string; readonly code: number }> {
  const isOurs = (name: string) => /^(?:npm_|NODE_|INIT_CWD$|VITEST)/i.test(name);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
  const PATH = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"))
    .join(delimiter);
  return new Promise((resolve) => {
    const options = { cwd, env: { ...env, PATH, NO_COLOR: "1" }, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile("sh", ["-c", `${command} 2>&1`], options, (error, stdout) => {
      const lines = stripVTControlCharacters(stdout).split("\n");
      resolve({ output: lines.filter((line) => !line.startsWith("> ")).join("\n"), code: exitCodeOf(error) });
    });
    child.stdin?.end();
  });
}

function exitCodeOf(error: { readonly code?: unknown } | null): number {
  if (error === null) return 0;
  return typeof error.code === "number" ? error.code : 1;
}
