import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
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
const CONTEXT = JSON.stringify({ actions: ["each", "copy", "delete"], target: COPY_TARGET });

/** Synthesizes the stack from its own CDK program, as `cdk synth` does. */
export default async function synthesizeStack(project: TestProject): Promise<() => Promise<void>> {
  const assembly = await mkdtemp(join(tmpdir(), "longhaul-bucket-walker-"));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ["--conditions=longhaul-source", "infra/app.ts"],
    {
      cwd: join(import.meta.dirname, ".."),
      env: {
        ...process.env,
        CDK_OUTDIR: assembly,
        CDK_CONTEXT_JSON: CONTEXT,
      },
    },
  );
  if (stdout + stderr !== "") throw new Error(`Synthesizing the stack was not silent: ${stdout}${stderr}`);
  project.provide("assembly", assembly);
  project.provide("context", CONTEXT);
  project.provide("copyTarget", COPY_TARGET);
  return () => rm(assembly, { recursive: true, force: true });
}
