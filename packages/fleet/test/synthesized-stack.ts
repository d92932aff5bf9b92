import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Directory of the cloud assembly of two queues, synthesized once for all tests. */
    assembly: string;
  }
}

/** Synthesizes the stack with two queues, from a CDK program as `cdk synth` would run it. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-fleet-"));
  const printed = await synthesize({
    directory: join(import.meta.dirname, ".."),
    program: ["--conditions=longhaul-source", "test/two-queues/app.ts"],
    outdir: assembly,
  });
  if (printed !== "") throw new Error(`Synthesizing the stack was not silent: ${printed}`);
  project.provide("assembly", assembly);
  return () => rm(assembly, { recursive: true, force: true });
}
