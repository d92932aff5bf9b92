import { globSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RunHistory } from "../../packages/cli/src/report/run-history.ts";
import { DOCS } from "./places.ts";

const ENDING = ".picture.ts";

/** Runs each `samples/**\/*.picture.ts` and keeps the trace that it answers with, for the pages to draw. */
export async function writePictures(): Promise<void> {
  const samples = join(DOCS, "samples");
  const target = join(DOCS, ".generated", "pictures");
  await rm(target, { recursive: true, force: true });
  for (const file of globSync(`**/*${ENDING}`, { cwd: samples })) {
    // A number that grows, so that a changed module is read again.
    const url = `${pathToFileURL(join(samples, file)).href}?${performance.now()}`;
    const { default: run }: { default: () => Promise<RunHistory> } = await import(url);
    const path = join(target, `${file.slice(0, -ENDING.length)}.json`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, JSON.stringify(await run()));
  }
}
