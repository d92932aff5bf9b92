import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Directory of the stack's cloud assembly, synthesized once for all tests. */
    assembly: string;
    /** The CDK context it was made with, as JSON. */
    context: string;
    /** The bucket that it may copy to. */
    copyTarget: string;
  }
}

/** The bucket that the stack may copy to. */
const COPY_TARGET = "walker-archive";

/** What is passed on the command line: everything is permitted. */
const CONTEXT = { actions: ["each", "copy", "delete"], target: COPY_TARGET };

/** Synthesizes the stack from its own CDK program, as `cdk synth` does. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-bucket-walker-"));
  const printed = await synthesize({
    directory: join(import.meta.dirname, ".."),
    program: ["--conditions=longhaul-source", "infra/app.ts"],
    outdir: assembly,
    context: CONTEXT,
  });
  if (printed !== "") throw new Error(`Synthesizing the stack was not silent: ${printed}`);
  project.provide("assembly", assembly);
  project.provide("context", JSON.stringify(CONTEXT));
  project.provide("copyTarget", COPY_TARGET);
  return () => rm(assembly, { recursive: true, force: true });
}
