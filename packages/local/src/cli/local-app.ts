import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type LocalAws, startLocalAws } from "../local-aws.ts";
import { stopOnSignals } from "../stop-on-signals.ts";
import { type App, synthesizeApp } from "./app.ts";
import { stopOnBrokenPipe } from "./broken-pipe.ts";
import { UsageError } from "./command.ts";
import { fitVisibility } from "./queue-visibility.ts";
import type { Screen } from "./terminal.ts";

/** An app that runs on an embedded AWS. */
export interface DeployedApp {
  readonly aws: LocalAws;
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly functionName: string;
  /** Timeout of the function, in milliseconds. */
  readonly timeoutMs: number;
}

/** What may differ from how the app is deployed for real. */
export interface DeploySettings {
  /** Timeout of the app's function, in seconds. Default: as in the template. */
  readonly timeoutSeconds?: number | undefined;
  readonly port?: number | undefined;
  /** How long S3 takes to answer a listing, in milliseconds. Default: no time. */
  readonly listLatencyMs?: number | undefined;
  /** More environment for the app's function. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Lambda tries a failed event again after one and two minutes; here after a second and two. */
const RETRY_TIME_SCALE = 1 / 60;

/** Starts an embedded AWS and deploys an app to it. SIGINT and SIGTERM stop both. */
export async function deployApp(app: App, settings: DeploySettings, screen: Screen): Promise<DeployedApp> {
  const { port, timeoutSeconds, listLatencyMs, environment } = settings;
  const beganMs = performance.now();
  screen.status("starting the embedded AWS, synthesizing and deploying the stack ...");
  const [aws, assembly] = await Promise.all([
    startLocalAws({
      lambda: { timeScale: RETRY_TIME_SCALE },
      ...(port !== undefined && { port }),
      ...(listLatencyMs !== undefined && { s3: { slow: { beforeListMs: listLatencyMs } } }),
    }),
    synthesizeApp(app),
  ]);
  stopOnSignals(aws);
  stopOnBrokenPipe(() => aws.stop());
  try {
    const override = { ...(timeoutSeconds !== undefined && { timeoutSeconds }), ...(environment && { environment }) };
    const logicalId = await resourceOfOutput(assembly, app.config.functionOutput);
    const deployment = await aws.deploy(assembly, { functionOverrides: { [logicalId]: override } });
    const functionName = deployment.outputs[app.config.functionOutput];
    if (functionName === undefined) throw new UsageError(`The stack has no output ${app.config.functionOutput}.`);
    if (timeoutSeconds !== undefined) fitVisibility(aws, functionName, timeoutSeconds);
    screen.line(
      screen.paint.dim(`embedded AWS at ${aws.url}, stack deployed in ${Math.round(performance.now() - beganMs)} ms`),
    );
    const { timeoutSeconds: deployed } = aws.lambda.getFunction(functionName);
    return { aws, outputs: deployment.outputs, functionName, timeoutMs: deployed * 1000 };
  } catch (error) {
    await aws.stop();
    throw error;
  }
}

/**
 * The logical id of the resource an output refers to.
 *
 * @throws {@link UsageError} if no template of the assembly has such an output.
 */
async function resourceOfOutput(assembly: string, output: string): Promise<string> {
  for (const file of await readdir(assembly)) {
    if (!file.endsWith(".template.json")) continue;
    const { Outputs } = JSON.parse(await readFile(join(assembly, file), "utf8")) as {
      Outputs?: Record<string, { Value?: { Ref?: string } }>;
    };
    const logicalId = Outputs?.[output]?.Value?.Ref;
    if (logicalId !== undefined) return logicalId;
  }
  throw new UsageError(`No stack in ${assembly} has an output ${output} that refers to a function.`);
}
