/**
 * Makes every small change that Stryker knows in pure modules and runs their tests: one that stays green is told of. Ends
 * with 1 if fewer than 85 % of a module's changes are noticed. `README.md` has the scores and the changes that mean nothing.
 *
 * usage: npm run stryker -- [NAME]... [--list]
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MODULES, type MutatedModule } from "./modules.ts";

const LEAST_PERCENT = 85;
const workspace = join(import.meta.dirname, "..");
const packages = join(import.meta.dirname, "node_modules", "@stryker-mutator");

/** A change, and what became of it. */
interface MutantResult {
  readonly status: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

const { values, positionals } = parseArgs({
  options: { list: { type: "boolean", default: false } },
  allowPositionals: true,
});
const chosen = MODULES.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);

if (values.list || chosen.length === 0) {
  console.log(MODULES.map(({ name }) => name).join("\n"));
  process.exitCode = values.list ? 0 : 2;
} else if (installed()) {
  for (const module of chosen) await mutate(module);
} else process.exitCode = 1;

/** Installs Stryker, which is no part of the workspace, where it is not there yet. */
function installed(): boolean {
  if (existsSync(packages)) return true;
  return spawnSync("npm", ["ci"], { cwd: import.meta.dirname, stdio: "inherit" }).status === 0;
}

async function mutate(module: MutatedModule): Promise<void> {
  process.chdir(workspace);
  process.env.LONGHAUL_STRYKER_TESTS = module.tests.join(";");
  const { Stryker } = await import(join(packages, "core", "dist", "src", "index.js"));
  const beganMs = performance.now();
  const results: readonly MutantResult[] = await new Stryker({
    mutate: [module.file],
    plugins: [join(packages, "vitest-runner", "dist", "src", "index.js")],
    testRunner: "vitest",
    vitest: { configFile: "stryker/vitest.config.ts", related: false },
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    ignorePatterns: [
      "**",
      "!packages/**",
      "!stryker/*.ts",
      "!vitest.shared.ts",
      "!tsconfig.base.json",
      "!package.json",
    ],
    // Stryker reads a tsconfig by the API of TypeScript, which TypeScript 7 does not have.
    tsconfigFile: "no-tsconfig.json",
    tempDirName: join("stryker", ".sandbox"),
    concurrency: 1,
    // A change that never ends is noticed late on a busy machine, and others not too early.
    timeoutMS: 60_000,
    reporters: [],
    logLevel: "error",
    allowConsoleColors: false,
  }).runMutationTest();
  report(module, results, (performance.now() - beganMs) / 1000);
}

function report({ name, file }: MutatedModule, results: readonly MutantResult[], seconds: number): void {
  const withStatus = (...statuses: string[]) => results.filter(({ status }) => statuses.includes(status));
  const noticed = withStatus("Killed", "Timeout").length;
  const missed = withStatus("Survived", "NoCoverage");
  const percent = (100 * noticed) / (noticed + missed.length);
  console.log(`${name}: ${percent.toFixed(1)} %, ${noticed} of ${noticed + missed.length} in ${seconds.toFixed(0)} s`);
  for (const { location, status, mutatorName, replacement } of missed) {
    const change = replacement.replaceAll(/\s+/g, " ").slice(0, 100);
    console.log(`  ${file}:${location.start.line}:${location.start.column} ${status} ${mutatorName}: ${change}`);
  }
  if (!(percent >= LEAST_PERCENT)) process.exitCode = 1;
}
