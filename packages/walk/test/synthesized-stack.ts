import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Directory of the cloud assembly of the tests' stack, synthesized once for all tests. */
    assembly: string;
  }
}

/** Synthesizes the tests' stack from its CDK program, as `cdk synth` does. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-walk-"));
  const printed = await synthesize({
    directory: join(import.meta.dirname, ".."),
    program: ["--conditions=longhaul-source", "test/walker/app.ts"],
    outdir: assembly,
  });
  if (printed !== "") throw new Error(`Synthesizing the stack was not silent: ${printed}`);
  project.provide("assembly", assembly);
  return () => rm(assembly, { recursive: true, force: true });
}
