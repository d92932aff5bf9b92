import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { generate } from "../generate/generate.ts";
import { DOCS } from "../generate/places.ts";
import { publish } from "./publish.ts";
import { SiteError } from "./site-problem.ts";

/** Builds the whole site into `dist`. */
export async function buildSite(): Promise<void> {
  await generate();
  // What Astro kept of earlier builds names style sheets that are gone.
  await rm(join(DOCS, ".generated", "cache"), { recursive: true, force: true });
  const { code, output } = await runAstro(["build"]);
  const complaints = output.split("\n").filter((line) => /\[(?:WARN|ERROR)\]/.test(line));
  if (code !== 0 || complaints.length > 0) {
    const problems = complaints.map((line) => line.replace(/^[\d:]+ /, "").trim());
    throw new SiteError([{ page: "build", problem: problems.join("\n") || `Astro ended with ${code}:\n${output}` }]);
  }
  await publish(join(DOCS, ".generated", "site"), join(DOCS, "dist"));
}

/** Runs Astro on the documentation; what it prints is shown and kept. */
export function runAstro(args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const astro = join(DOCS, "node_modules", "astro", "bin", "astro.mjs");
  const child = spawn(process.execPath, ["--conditions=longhaul-source", astro, ...args], {
    cwd: DOCS,
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1" },
    stdio: ["inherit", "pipe", "pipe"],
  });
  let output = "";
  const keep = (chunk: Buffer, stream: NodeJS.WriteStream) => {
    output += chunk.toString();
    stream.write(chunk);
  };
  child.stdout.on("data", (chunk: Buffer) => keep(chunk, process.stdout));
  child.stderr.on("data", (chunk: Buffer) => keep(chunk, process.stderr));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output: stripVTControlCharacters(output) }));
  });
}
