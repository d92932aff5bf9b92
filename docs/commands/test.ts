/**
 * The lane of the documentation: installs what it needs, then checks the samples, what shells print, the site, the reports
 * of runs, and that each of these checks notices a fault.
 *
 * usage: npm run test:docs -- [STEP...]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DOCS, WORKSPACE } from "../generate/places.ts";
import { installPackages } from "./install-packages.ts";

const node = (script: string, ...args: string[]) => [process.execPath, "--conditions=longhaul-source", script, ...args];
const vitest = join(WORKSPACE, "node_modules", "vitest", "vitest.mjs");
const typescript = join(WORKSPACE, "node_modules", "typescript", "bin", "tsc");

const ACCESSIBLE = "browser/accessible.test.ts";

/** In order: what fails fast comes first. */
const STEPS: Readonly<Record<string, { readonly about: string; run(): boolean }>> = {
  install: {
    about: "Chromium; the packages are already there",
    run: () => ran(...node("commands/install-browser.ts")),
  },
  types: {
    about: "samples and site, by the workspace's compiler; components by Astro's",
    run: () =>
      ran(process.execPath, typescript, "-p", "samples") &&
      ran(process.execPath, typescript, "-p", "tsconfig.node.json") &&
      // Writes the types of the pages' data, which a fresh checkout does not have.
      ran(...node(join("node_modules", "astro", "bin", "astro.mjs"), "sync")) &&
      ran(
        process.execPath,
        join("node_modules", "@astrojs", "check", "bin", "astro-check.js"),
        "--minimumFailingSeverity",
        "hint",
      ),
  },
  tests: { about: "samples and the making of the site", run: () => ran(process.execPath, vitest, "run") },
  build: { about: "the site", run: () => ran(...node("commands/build.ts")) },
  newcomer: {
    about: "the commands of README and tutorial, in a fresh copy; an app of one's own, in an empty folder",
    run: () => ran(...node("commands/newcomer.ts")),
  },
  browser: { about: "the site in Chromium", run: () => inBrowser("--exclude", ACCESSIBLE) },
  accessible: { about: "axe on every page, in both themes", run: () => inBrowser(ACCESSIBLE) },
  reports: {
    about: "the reports of runs in Chromium; pictures are in docs/screenshots/reports",
    run: () => ran(process.execPath, vitest, "run", "--config", "vitest.reports.config.ts"),
  },
  outputs: { about: "what shells print", run: () => ran(...node("commands/outputs.ts")) },
  faults: {
    about: "that each check notices a fault",
    run: () => ran(process.execPath, vitest, "run", "--config", "vitest.faults.config.ts"),
  },
};

function inBrowser(...which: string[]): boolean {
  return ran(process.execPath, vitest, "run", "--config", "vitest.browser.config.ts", ...which);
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((step) => !(step in STEPS));
if (unknown.length > 0) {
  console.error(`There is no step ${unknown.join(", ")}. Known: ${Object.keys(STEPS).join(", ")}.`);
  process.exit(2);
}
installPackages();
for (const [name, { about, run }] of Object.entries(STEPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begunMs = performance.now();
  console.log(`\n== ${name}: ${about}`);
  const isGood = run();
  console.log(`== ${name}: ${isGood ? "good" : "FAILED"} after ${((performance.now() - begunMs) / 1000).toFixed(0)} s`);
  if (!isGood) process.exit(1);
}
console.log("\nThe documentation is in order.");

function ran(...[command = "", ...args]: string[]): boolean {
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" };
  const { status, error } = spawnSync(command, args, { cwd: DOCS, stdio: "inherit", env });
  if (error) console.error(error.message);
  return status === 0;
}
