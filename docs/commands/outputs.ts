/**
 * Runs the commands of every `samples/**\/*.shell` as a reader would, from the workspace's folder, and compares what they
 * print with what the pages show. `--update` writes the files anew instead.
 *
 * usage: node docs/commands/outputs.ts [--update] [NAME...]
 */
import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DOCS, WORKSPACE } from "../generate/places.ts";
import { formatShellSession, isSameOutput, parseShellSession, type ShellSession } from "../src/shell-session.ts";

const LIMIT_MS = 300_000;
const ENDING = ".shell";

const isUpdate = process.argv.includes("--update");
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const samples = join(DOCS, "samples");
for (const file of globSync(`**/*${ENDING}`, { cwd: samples }).sort()) {
  const name = file.slice(0, -ENDING.length);
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const path = join(samples, file);
  const session = parseShellSession(file, await readFile(path, "utf8"));
  const actual = await replay(session);
  if (isUpdate) await writeFile(path, formatShellSession(actual));
  else report(name, session, actual);
}

/** The same session with what its commands print now. */
async function replay({ varies, steps }: ShellSession): Promise<ShellSession> {
  const replayed: ShellSession["steps"][number][] = [];
  for (const { command } of steps) replayed.push({ command, output: await outputOf(command) });
  return { varies, steps: replayed };
}

/** The text that a reader's shell would show, without npm's own lines. */
function outputOf(command: string): Promise<string> {
  const env = {
    ...process.env,
    PATH: [join(WORKSPACE, "node_modules", ".bin"), process.env.PATH].join(delimiter),
    NO_COLOR: "1",
  };
  return new Promise((resolve) => {
    const options = { cwd: WORKSPACE, env, timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
    const child = execFile("sh", ["-c", `${command} 2>&1`], options, (_, stdout) => {
      const lines = stripVTControlCharacters(stdout).split("\n");
      resolve(
        lines
          .filter((line) => !line.startsWith("> "))
          .join("\n")
          .trim(),
      );
    });
    child.stdin?.end();
  });
}

function report(name: string, expected: ShellSession, actual: ShellSession): void {
  for (const [at, { command, output }] of expected.steps.entries()) {
    const printed = actual.steps[at]?.output ?? "";
    if (isSameOutput(output, printed, expected.varies)) continue;
    process.exitCode = 1;
    console.error(
      `${name}: "${command}" prints something else than the page shows.\n--- the page\n${output}\n--- now\n${printed}\n` +
        `If it is meant: node docs/commands/outputs.ts --update ${name}`,
    );
  }
  if (!process.exitCode) console.log(`${name}: prints what the page shows`);
}
