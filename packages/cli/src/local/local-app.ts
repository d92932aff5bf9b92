import { type LocalAws, type LocalAwsOptions, startLocalAws, stopOnSignals } from "@longhaul/local";
import { type DeployedApp, deployApp } from "@longhaul/local/testing";
import { stopOnBrokenPipe } from "../broken-pipe.ts";
import type { Screen } from "../terminal.ts";
import type { App } from "./app.ts";

/** An app that runs on an embedded AWS of its own. */
export interface LocalApp extends DeployedApp {
  readonly aws: LocalAws;
  /** Ends everything. */
  stop(): Promise<void>;
}

/** Settings that may differ from the app's deployment on AWS. */
interface LocalSettings {
  /** Timeout of the app's function, in seconds. Default: as in the template. */
  readonly timeoutSeconds?: number | undefined;
  /** Default: any free one. */
  readonly port?: number | undefined;
  /** How long S3 takes to answer a listing, in milliseconds. Default: no time. */
  readonly listLatencyMs?: number | undefined;
  /** More environment for the app's function. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Context of the app's CDK program, as of `cdk deploy --context`. */
  readonly context?: Readonly<Record<string, string>> | undefined;
  /** Default: functions may do everything. */
  readonly authorization?: Authorization | undefined;
}

/** Makes the check of each call, for the embedded AWS that is to be started. */
export type Authorization = (aws: () => LocalAws) => NonNullable<LocalAwsOptions["authorize"]>;

/** Lambda tries a failed event again after one and two minutes; here after a second and two. */
const RETRY_TIME_SCALE = 1 / 60;

/** Starts an embedded AWS and deploys an app to it. SIGINT and SIGTERM stop both. The screen shows what the app prints. */
export async function startAndDeploy(app: App, settings: LocalSettings, screen: Screen): Promise<LocalApp> {
  const { port, timeoutSeconds, listLatencyMs, environment, context, authorization } = settings;
  const beganMs = performance.now();
  screen.status("starting the embedded AWS, synthesizing and deploying the stack ...");
  // No role acts before it is started.
  let aws!: LocalAws;
  const starting = startLocalAws({
    ...(authorization && { authorize: authorization(() => aws) }),
    lambda: { timeScale: RETRY_TIME_SCALE },
    ...(port !== undefined && { port }),
    ...(listLatencyMs !== undefined && { s3: { slow: { beforeListMs: listLatencyMs } } }),
  });
  const stop = async () => {
    app.program.close();
    const [begun] = await Promise.allSettled([starting]);
    if (begun.status === "fulfilled") await begun.value.stop();
    await Promise.all([process.stdout, process.stderr].map(written));
  };
  stopOnSignals({ stop });
  stopOnBrokenPipe(stop);
  try {
    aws = await starting;
    const deployed = await deployApp(aws, {
      directory: app.directory,
      functionOutput: app.config.functionOutput,
      ...(timeoutSeconds !== undefined && { timeoutSeconds }),
      ...(environment && { environment }),
      ...(context && { context }),
    });
    for (const line of deployed.printed.split("\n")) if (line.trim() !== "") screen.line(line);
    screen.line(
      screen.paint.dim(`embedded AWS at ${aws.url}, stack deployed in ${Math.round(performance.now() - beganMs)} ms`),
    );
    return { ...deployed, aws, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Settles when a stream has handed on all that was written to it: a signal that ends the process does not wait for that. */
async function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once("close", resolve);
    stream.write("", () => resolve());
  });
}
