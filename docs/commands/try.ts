/**
 * Runs a sample of the documentation in virtual time and shows its hops. Change the sample's file and run it again.
 *
 * usage: npm run try -- NAME
 */
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";
import { DOCS } from "../generate/places.ts";
import { hopLines } from "../src/hop-lines.ts";

const ENDING = ".picture.ts";
const samples = join(DOCS, "samples");
const [name = ""] = process.argv.slice(2);
const file = join(samples, name + ENDING);
if (name !== "" && existsSync(file)) {
  const { default: run }: { default: () => Promise<RunHistory> } = await import(pathToFileURL(file).href);
  console.log(hopLines(await run()));
} else {
  const names = globSync(`**/*${ENDING}`, { cwd: samples })
    .map((each) => each.slice(0, -ENDING.length))
    .sort();
  console.error(`usage: npm run try -- NAME\n\nSamples: ${names.join(", ")}`);
  process.exitCode = 2;
}
