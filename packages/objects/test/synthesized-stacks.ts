import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { synthesize } from "@longhaul/local/testing";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Directories of the cloud assemblies of the tests' stacks, synthesized once for all tests. */
    assemblies: {
      readonly transformer: string;
      /** The loader, by how its runs continue. */
      readonly sqs: string;
      readonly lambda: string;
    };
  }
}

/** Synthesizes the tests' stacks from their CDK programs, as `cdk synth` does. */
export default async function synthesizeStacks(project: TestProject): Promise<() => Promise<void>> {
  const home = await mkdtemp(join(tmpdir(), "longhaul-objects-"));
  const assemblies = {
    transformer: join(home, "transformer"),
    sqs: join(home, "sqs"),
    lambda: join(home, "lambda"),
  };
  const printed = await Promise.all([
    synthesizeTo(assemblies.transformer, "test/transformer/app.ts"),
    synthesizeTo(assemblies.sqs, "test/loader/app.ts"),
    synthesizeTo(assemblies.lambda, "test/loader/app.ts", { continueBy: "lambda", delivery: "raw" }),
  ]);
  if (printed.join("") !== "") throw new Error(`Synthesizing the stacks was not silent: ${printed.join("")}`);
  project.provide("assemblies", assemblies);
  return () => rm(home, { recursive: true, force: true });
}

function synthesizeTo(
  outdir: string,
  program: string,
  context: Readonly<Record<string, string>> = {},
): Promise<string> {
  const directory = join(import.meta.dirname, "..");
  return synthesize({ directory, program: ["--conditions=longhaul-source", program], outdir, context });
}
