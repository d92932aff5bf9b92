import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Directories of the stack's cloud assemblies, by how runs continue; synthesized once for all tests. */
    assemblies: { readonly sqs: string; readonly lambda: string };
  }
}

/** Synthesizes the stack from its own CDK program, as `cdk synth` does: as it stands, and with the other choices. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "longhaul-sqs-file-"));
  const assemblies = { sqs: join(home, "sqs"), lambda: join(home, "lambda") };
  const printed = await Promise.all([
    synthesizeTo(assemblies.sqs, {}),
    synthesizeTo(assemblies.lambda, { continueBy: "lambda", delivery: "raw" }),
  ]);
  if (printed.join("") !== "") throw new Error(`Synthesizing the stack was not silent: ${printed.join("")}`);
  project.provide("assemblies", assemblies);
  return () => rm(home, { recursive: true, force: true });
}

function synthesizeTo(outdir: string, context: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(import.meta.dirname, "..");
  return synthesize({ directory, program: ["--conditions=longhaul-source", "infra/app.ts"], outdir, context });
}
