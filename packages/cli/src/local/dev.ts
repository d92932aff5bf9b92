import { mkdtemp } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type LocalAws, outsideCredentials } from "@longhaul/local";
import { synthesizeApp } from "@longhaul/local/testing";
import type { ExitCode } from "../exit-code.ts";
import { announce } from "../runs/dev-notice.ts";
import { type Screen, screenOn } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { findApp } from "./app.ts";
import { DEPLOYABLE_FILES, type Deployable, deployableAt } from "./deployable.ts";
import { startAndDeploy } from "./local-app.ts";
import { startCloud } from "./local-cloud.ts";

/** Options of `longhaul dev`. */
interface DevOptions {
  readonly port?: number | undefined;
  readonly timeout?: number | undefined;
  readonly parameter?: Readonly<Record<string, string>> | undefined;
  readonly skip?: readonly string[] | undefined;
  readonly context?: Readonly<Record<string, string>> | undefined;
  readonly json?: true | undefined;
}

/** A deployment that runs until a signal ends it. */
interface Running {
  readonly aws: LocalAws;
  readonly directory: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names. */
  readonly functions: readonly string[];
}

/** Runs an app, a CDK program, or a template on an embedded AWS until a signal ends it. */
export async function dev(name: string, options: DevOptions): Promise<ExitCode> {
  const { json } = options;
  const screen = screenOn(json ? process.stderr : process.stdout);
  const deployable = deployableAt(name);
  const { aws, directory, outputs, functions } = deployable
    ? await devDeployable(deployable, options, screen)
    : await devApp(name, options, screen);
  const env = aws.env();
  const tables = functions.map((each) => aws.lambda.getFunction(each).environment.LONGHAUL_RUN_TABLE);
  announce({
    url: aws.url,
    region: aws.region,
    credentials: outsideCredentials,
    directory: resolve(directory),
    tableName: tables.find((table) => table !== undefined),
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ url: aws.url, env, outputs, functions })}\n`);
  } else {
    for (const [name, value] of Object.entries(env)) screen.line(`export ${name}=${value}`);
    screen.line("");
    for (const [name, value] of Object.entries(outputs)) screen.line(`${screen.paint.bold(name)}  ${value}`);
    // Few templates name their functions in outputs.
    if (deployable) for (const each of functions) screen.line(`${screen.paint.bold("function")}  ${each}`);
    screen.line("");
    screen.line(screen.paint.dim("Ctrl-C ends it."));
  }
  aws.lambda.on("log", ({ functionName, requestId, message }) => {
    if (json) process.stdout.write(`${JSON.stringify({ functionName, requestId, message })}\n`);
    else screen.line(`${screen.paint.dim(functionName)}  ${message}`);
  });
  // A signal ends the process; see startCloud.
  return new Promise<ExitCode>(() => {});
}

async function devApp(name: string, options: DevOptions, screen: Screen): Promise<Running> {
  const { port, timeout, parameter, skip, context } = options;
  if (parameter || skip) throw new UsageError("--parameter and --skip are for templates; an app is deployed as it is.");
  const app = await findApp(name, screen.line, DEPLOYABLE_FILES);
  const { aws, outputs, functionName } = await startAndDeploy(app, { port, timeoutSeconds: timeout, context }, screen);
  app.program.close();
  return { aws, directory: app.directory, outputs, functions: [functionName] };
}

async function devDeployable({ kind, path }: Deployable, options: DevOptions, screen: Screen): Promise<Running> {
  const { port, timeout, parameter, skip, context } = options;
  const isProgram = kind === "program";
  if (context && !isProgram)
    throw new UsageError(`--context is for CDK programs; ${path} is what one wrote, or a template.`);
  const directory = isProgram ? path : dirname(path);
  const beganMs = performance.now();
  screen.status(`starting the embedded AWS and deploying the ${kind} ...`);
  const { aws, outputs, functions } = await startCloud({ port }, async (aws) => {
    let deployed = path;
    if (isProgram) {
      // A folder of its own, since `cdk synth` writes to the project's while functions run.
      deployed = await mkdtemp(join(aws.directory, "assembly-"));
      const printed = await synthesizeApp({ directory, outdir: deployed, ...(context && { context }) });
      for (const line of printed.split("\n")) if (line.trim() !== "") screen.line(line);
    }
    return aws.deploy(deployed, {
      projectDirectory: directory,
      ...(parameter && { parameters: parameter }),
      ...(skip && { skip }),
      ...(timeout !== undefined && { functionOverrides: { "*": { timeoutSeconds: timeout } } }),
    });
  });
  screen.line(
    screen.paint.dim(`embedded AWS at ${aws.url}, ${kind} deployed in ${Math.round(performance.now() - beganMs)} ms`),
  );
  return { aws, directory, outputs, functions };
}
