import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { synthesize } from "../cloudformation/synthesize.ts";
import { AppStackError } from "./app-stack-error.ts";
import { wordsOf } from "./command-words.ts";

/** How an app's CDK program is run. */
export interface AssemblyOptions {
  /** Directory of the `cdk.json`, or of a `longhaul.json` that names a program of another kind in its place. */
  readonly directory: string;
  /** Where the cloud assembly is written. */
  readonly outdir: string;
  /** More context, as of `cdk synth --context`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** This process runs from sources, so the program is to use them too. */
const sources = import.meta.url.endsWith(".ts") ? ["--conditions=longhaul-source"] : [];

/**
 * Runs the program of a `cdk.json` or `longhaul.json`, as `cdk synth` does, and answers with what it printed.
 *
 * @throws {@link AppStackError} if neither names a program. `SynthesisError` with what the program printed if it fails.
 */
export async function synthesizeApp({ directory, outdir, context }: AssemblyOptions): Promise<string> {
  const path = join(directory, "cdk.json");
  const other = await readJson(join(directory, "longhaul.json"));
  const { app, context: ownContext } = { ...other, ...(await readJson(path)) };
  if (typeof app !== "string") throw new AppStackError(`${path} has no "app", nor has a longhaul.json beside it.`);
  const [command = "", ...args] = wordsOf(app, path);
  const isNode = command === "node";
  return synthesize({
    directory,
    ...(isNode ? {} : { command }),
    program: isNode ? ["--disable-warning=ExperimentalWarning", ...sources, ...args] : args,
    outdir,
    context: {
      ...asObject(ownContext),
      ...(await readJson(join(directory, "cdk.context.json"))),
      ...context,
      "aws:cdk:disable-asset-staging": false,
    },
    environment: {
      JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: "1",
      // Stacks that ask the command for its account are told that of the embedded AWS.
      CDK_DEFAULT_ACCOUNT: "000000000000",
      CDK_DEFAULT_REGION: "us-east-1",
    },
  });
}

/** A file's JSON object; empty if there is no such file. */
async function readJson(path: string): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
  try {
    return asObject(JSON.parse(text));
  } catch (cause) {
    throw new AppStackError(`${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
