/**
 * Walks the path of a newcomer: takes the commands and files from README.md and from the built pages, and compares what
 * the commands print with what the pages show. README and tutorial 1 to 7 are followed in a fresh copy of the repository; an
 * app is made in an empty folder, with the packages as released to a registry on this machine.
 *
 * usage: node docs/commands/newcomer.ts [PAGE...]    README.md, or a page of the path such as tutorial/guards
 */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { cloneInto } from "../../published/stranger/clone.ts";
import { meetStranger } from "../../published/stranger/stranger.ts";
import { DOCS, WORKSPACE } from "../generate/places.ts";
import { NAVIGATION } from "../navigation.ts";
import {
  lineNotPrinted,
  type PageCommand,
  type PageFile,
  pageCommands,
  pageSteps,
  sectionOf,
} from "../src/page-commands.ts";

const LIMIT_MS = 600_000;
const README = "README.md";
/** Chapters that need nothing but the first installation. */
const CHAPTERS = NAVIGATION.find(({ label }) => label === "Tutorial")?.pages.slice(0, 7) ?? [];
/** The page that makes an app. */
const APP = "how-to/your-first-app";

/** Where a newcomer types. */
interface Shell {
  folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const asked = process.argv.slice(2);
const strange = asked.filter((page) => ![README, ...CHAPTERS, APP].includes(page));
if (strange.length > 0) {
  console.error(
    `${strange.join(", ")}: not on the path of a newcomer. These are: ${[README, ...CHAPTERS, APP].join(", ")}`,
  );
  process.exit(2);
}
const isWanted = (page: string) => asked.length === 0 || asked.includes(page);

const inClone = [README, ...CHAPTERS].filter(isWanted);
if (inClone.length > 0) await followInClone(inClone);
if (isWanted(APP) && !process.exitCode) await followInEmptyFolder(APP);

async function followInClone(pages: readonly string[]): Promise<void> {
  const parent = await mkdtemp(join(tmpdir(), "newcomer-"));
  try {
    const shell: Shell = { folder: join(parent, "longhaul"), env: newcomersEnvironment() };
    await cloneInto(shell.folder, WORKSPACE);
    // README.md begins with the installation.
    if (!pages.includes(README)) await symlink(join(WORKSPACE, "node_modules"), join(shell.folder, "node_modules"));
    for (const page of pages) await followPage(page, await commandsOf(page), shell);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

async function followInEmptyFolder(page: string): Promise<void> {
  const steps = pageSteps(page, await markdownOf(page));
  const built = spawnSync(process.execPath, [join(WORKSPACE, "scripts", "tasks.ts"), "build"], { encoding: "utf8" });
  if (built.status !== 0) throw new Error(`The packages cannot be built:\n${built.stdout}${built.stderr}`);
  const stranger = await meetStranger(WORKSPACE);
  try {
    const shell: Shell = { folder: await stranger.emptyFolder("newcomer"), env: stranger.environment("node24") };
    await followPage(page, steps, shell);
  } finally {
    await stranger.leave({ keepsFolders: false });
  }
}

async function commandsOf(page: string): Promise<readonly PageCommand[]> {
  if (page !== README) return pageCommands(page, await markdownOf(page));
  const readme = await readFile(join(WORKSPACE, README), "utf8");
  return pageCommands(README, sectionOf(README, readme, "Try it")).slice(0, 1);
}

async function markdownOf(page: string): Promise<string> {
  const file = join(DOCS, "dist", `${page}.md`);
  if (!existsSync(file)) throw new Error(`${file} is missing: build the site first, by npm run docs:build.`);
  return readFile(file, "utf8");
}

async function followPage(page: string, steps: readonly (PageCommand | PageFile)[], shell: Shell): Promise<void> {
  for (const step of steps) {
    if (process.exitCode) return;
    if ("file" in step) await write(page, step, shell);
    else await follow(page, step, shell);
  }
}

async function write(page: string, { file, text }: PageFile, { folder }: Shell): Promise<void> {
  const path = join(folder, file);
  const isThere = existsSync(path);
  console.log(`${isThere ? "good " : "WRONG"}  ${page}  (writes ${file})`);
  if (isThere) return writeFile(path, text);
  process.exitCode = 1;
  console.error(`The page replaces ${file}, and the app has no such file.`);
}

async function follow(page: string, { command, shown }: PageCommand, shell: Shell): Promise<void> {
  const begunMs = performance.now();
  const [, into] = /^cd ([\w-]+)$/.exec(command) ?? [];
  if (into !== undefined) {
    shell.folder = join(shell.folder, into);
    return;
  }
  const { output, code } = await typed(command, shell);
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

/** The environment of a newcomer's shell, without anything of the workspace that this process runs in. */
function newcomersEnvironment(): Record<string, string> {
  const isOurs = (name: string) => /^(?:npm_|NODE_|INIT_CWD$|VITEST)/i.test(name);
  const PATH = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((entry) => !entry.includes("node_modules"))
    .join(delimiter);
  const kept = Object.entries(process.env).filter(([name]) => !isOurs(name)) as [string, string][];
  return { ...Object.fromEntries(kept), PATH };
}

/** Runs a command as a newcomer's shell would. */
function typed(command: string, { folder, env }: Shell): Promise<{ readonly output: string; readonly code: number }> {
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...env, NO_COLOR: "1" }, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
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
