/**
 * Runs tasks of the workspace with Turborepo, on this machine alone: no telemetry, no look for updates, no remote cache.
 * Where tests were among them, the last line says how many there were and how long all of it took.
 *
 * usage: node scripts/tasks.ts TASK... [TURBO_OPTION...]
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);
const turbo = fileURLToPath(import.meta.resolve("turbo/bin/turbo"));
const begunMs = performance.now();
const { status, error } = spawnSync(
  process.execPath,
  [turbo, "run", "--continue=dependencies-successful", "--log-order=grouped", ...args],
  {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
  },
);
if (error) throw error;
process.exitCode = status ?? 1;

if (status === 0 && args.includes("test")) {
  const seconds = ((performance.now() - begunMs) / 1000).toFixed(0);
  console.log(
    `\nAll is well: ${countTests()} tests, ${args.filter((arg) => !arg.startsWith("-")).length} kinds of checks, ${seconds} s.`,
  );
}

/** The counts that the runners of all packages reported, in this run or in the one whose result was kept. */
function countTests(): number {
  const logs = globSync("{*,packages/*}/.turbo/turbo-test.log", { cwd: root });
  const counts = logs.flatMap((log) => {
    const text = stripVTControlCharacters(readFileSync(new URL(`../${log}`, import.meta.url), "utf8"));
    return [...text.matchAll(/^\W*(?:Tests +(\d+) passed|pass (\d+))\b/gm)];
  });
  return counts.reduce((sum, [, vitest, node]) => sum + Number(vitest ?? node), 0);
}
