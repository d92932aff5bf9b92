import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Directory of the cloud assembly of two queues, synthesized once for all tests. */
    assembly: string;
  }
}

/** Synthesizes the stack with two queues, from a CDK program as `cdk synth` would run it. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-queue-loops-"));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--conditions=longhaul-source", "test/two-queues-app.ts"],
    { cwd: join(import.meta.dirname, ".."), env: { ...process.env, CDK_OUTDIR: assembly } },
  );
  if (stdout + stderr !== "") throw new Error(`Synthesizing the stack was not silent: ${stdout}${stderr}`);
  project.provide("assembly", assembly);
  return () => rm(assembly, { recursive: true, force: true });
}
