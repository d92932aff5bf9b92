import { mkdtemp, readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DeployedStack } from "../cloudformation/deployment.ts";
import type { LocalAws } from "../local-aws.ts";
import { AppStackError } from "./app-stack-error.ts";
import { fitVisibility } from "./queue-visibility.ts";
import { synthesizeApp } from "./synthesize-app.ts";

/** How an app is deployed to an embedded AWS. */
export interface DeployAppOptions {
  /** The app's folder, with its `cdk.json`. Default: the working directory. */
  readonly directory?: string;
  /** Name of the stack output that names the function that runs. */
  readonly functionOutput: string;
  /** Timeout of that function, in seconds; fractions allowed. Default: as in the stack. */
  readonly timeoutSeconds?: number;
  /** More variables for the environment of that function. Default: none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Context of the CDK program, as of `cdk deploy --context`. Default: that of the folder's own files. */
  readonly context?: Readonly<Record<string, string>>;
}

/** An app that was deployed. */
export interface DeployedApp {
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Name of the function that runs. */
  readonly functionName: string;
  /** Timeout of that function, in milliseconds. */
  readonly timeoutMs: number;
  /** The stacks, with what was made of them. */
  readonly stacks: readonly DeployedStack[];
  /** Everything the CDK program printed. */
  readonly printed: string;
}

/**
 * Synthesizes the app of a folder and deploys it to an embedded AWS.
 *
 * @throws {@link AppStackError} if the folder has no CDK program, or no stack has the output. `SynthesisError` if the program
 * fails, with what it printed.
 */
export async function deployApp(aws: LocalAws, options: DeployAppOptions): Promise<DeployedApp> {
  const { directory = ".", functionOutput, timeoutSeconds, environment, context } = options;
  // A folder of its own: the one of `cdk synth` may be written to while the functions run.
  const assembly = await mkdtemp(join(aws.directory, "assembly-"));
  const printed = await synthesizeApp({ directory, outdir: assembly, ...(context && { context }) });
  const override = { ...(timeoutSeconds !== undefined && { timeoutSeconds }), ...(environment && { environment }) };
  const logicalId = await resourceOfOutput(assembly, functionOutput);
  const { outputs, stacks } = await aws.deploy(assembly, {
    projectDirectory: resolve(directory),
    functionOverrides: { [logicalId]: override },
  });
  const functionName = outputs[functionOutput];
  if (functionName === undefined) throw new AppStackError(`The stack has no output ${functionOutput}.`);
  if (timeoutSeconds !== undefined) fitVisibility(aws, functionName, timeoutSeconds);
  const timeoutMs = aws.lambda.getFunction(functionName).timeoutSeconds * 1000;
  return { outputs, functionName, timeoutMs, stacks, printed };
}

/** The logical id of the resource that an output refers to. */
async function resourceOfOutput(assembly: string, output: string): Promise<string> {
  for (const file of await readdir(assembly)) {
    if (!file.endsWith(".template.json")) continue;
    const { Outputs } = JSON.parse(await readFile(join(assembly, file), "utf8")) as {
      Outputs?: Record<string, { Value?: { Ref?: string } }>;
    };
    const logicalId = Outputs?.[output]?.Value?.Ref;
    if (logicalId !== undefined) return logicalId;
  }
  throw new AppStackError(`No stack of the app has an output ${output} that refers to a function.`);
}
