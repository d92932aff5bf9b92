import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Directory of the stack's cloud assembly, synthesized once for all tests. */
    assembly: string;
  }
}

/** Synthesizes the stack from its own CDK program, as `cdk synth` does. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-s3-batch-"));
  const printed = await synthesize({
    directory: join(import.meta.dirname, ".."),
    program: ["--conditions=longhaul-source", "infra/app.ts"],
    outdir: assembly,
  });
  if (printed !== "") throw new Error(`Synthesizing the stack was not silent: ${printed}`);
  project.provide("assembly", assembly);
  return () => rm(assembly, { recursive: true, force: true });
}
