import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AwsCase } from "./case.ts";

/** A stack of the lane, and the `cdk` command that deploys and deletes it. */
export interface Deployment {
  readonly stack: string;
  /** The words of the command; the CDK's own, or another that takes the same. */
  readonly cdk: readonly string[];
  /** For what the command writes. */
  readonly directory: string;
  /** The environment of the command: how the account is reached. */
  readonly env: NodeJS.ProcessEnv;
}

const PROGRAM = fileURLToPath(new URL("program.ts", import.meta.url));

/** Deploys the stack of an app; answers with its outputs. */
export async function deploy(
  { stack, directory, ...how }: Deployment,
  { app, context }: AwsCase,
): Promise<Readonly<Record<string, string>>> {
  const outputs = join(directory, "outputs.json");
  const all = { ...context, app, stack, data: "delete" };
  await run(how, [
    ...["deploy", stack, "--app", `node --conditions=longhaul-source ${JSON.stringify(PROGRAM)}`],
    ...["--output", join(directory, "assembly"), "--outputs-file", outputs, "--require-approval", "never"],
    ...Object.entries(all).flatMap(([name, value]) => ["--context", `${name}=${value}`]),
  ]);
  return (JSON.parse(await readFile(outputs, "utf8")) as Record<string, Record<string, string>>)[stack] ?? {};
}

/** Buckets that the stack has made and names in its outputs; one that it only uses is not its own. */
export async function ownBuckets(
  { stack, directory }: Deployment,
  outputs: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const text = await readFile(join(directory, "assembly", `${stack}.template.json`), "utf8");
  const { Resources, Outputs }: Template = JSON.parse(text);
  const isBucket = ({ Ref }: { readonly Ref?: string }) => Resources[Ref ?? ""]?.Type === "AWS::S3::Bucket";
  return Object.entries(outputs).flatMap(([name, value]) => (isBucket(Object(Outputs[name]?.Value)) ? [value] : []));
}

/** The parts of a template that say which buckets are its own. */
interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type?: string }>>;
  readonly Outputs: Readonly<Record<string, { readonly Value?: unknown }>>;
}

/** Deletes the stack, from what was synthesized for it; without that it was never begun. */
export async function destroy({ stack, directory, ...how }: Deployment): Promise<void> {
  const assembly = join(directory, "assembly");
  if (existsSync(assembly)) await run(how, ["destroy", stack, "--app", assembly, "--force"]);
}

async function run({ cdk, env }: Pick<Deployment, "cdk" | "env">, args: readonly string[]): Promise<void> {
  const [command = "", ...first] = cdk;
  // In a group of its own: Ctrl-C is for the lane, which then deletes the stack.
  const child = spawn(command, [...first, ...args], { env, stdio: ["ignore", "inherit", "inherit"], detached: true });
  const [code, signal] = await once(child, "exit");
  if (code !== 0) throw new Error(`cdk ${args[0]} ended with ${code ?? signal}; what it printed says why.`);
}
