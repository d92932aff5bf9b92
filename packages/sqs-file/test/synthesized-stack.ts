import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
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
  await Promise.all([
    synthesize(assemblies.sqs, {}),
    synthesize(assemblies.lambda, { continueBy: "lambda", delivery: "raw" }),
  ]);
  project.provide("assemblies", assemblies);
  return () => rm(home, { recursive: true, force: true });
}

async function synthesize(directory: string, context: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)(process.execPath, ["--conditions=longhaul-source", "infra/app.ts"], {
    cwd: join(import.meta.dirname, ".."),
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(context) },
  });
}
