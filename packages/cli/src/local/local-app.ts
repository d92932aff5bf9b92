import { type DeployedApp, deployApp } from "@longhaul/local/testing";
import type { Screen } from "../terminal.ts";
import type { App } from "./app.ts";
import { type CloudSettings, type LocalCloud, startCloud } from "./local-cloud.ts";

/** An app that runs on an embedded AWS of its own. */
export interface LocalApp extends DeployedApp, LocalCloud {}

/** Settings that may differ from the app's deployment on AWS. */
interface LocalSettings extends CloudSettings {
  /** Timeout of the app's function, in seconds. Default: as in the template. */
  readonly timeoutSeconds?: number | undefined;
  /** More environment for the app's function. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Context of the app's CDK program, as of `cdk deploy --context`. */
  readonly context?: Readonly<Record<string, string>> | undefined;
}

/** Starts an embedded AWS and deploys an app to it. SIGINT and SIGTERM stop both. The screen shows what the app prints. */
export async function startAndDeploy(app: App, settings: LocalSettings, screen: Screen): Promise<LocalApp> {
  const { timeoutSeconds, environment, context } = settings;
  const beganMs = performance.now();
  screen.status("starting the embedded AWS, synthesizing and deploying the stack ...");
  const started = await startCloud(
    settings,
    (aws) =>
      deployApp(aws, {
        directory: app.directory,
        functionOutput: app.config.functionOutput,
        ...(timeoutSeconds !== undefined && { timeoutSeconds }),
        ...(environment && { environment }),
        ...(context && { context }),
      }),
    () => app.program.close(),
  );
  for (const line of started.printed.split("\n")) if (line.trim() !== "") screen.line(line);
  screen.line(
    screen.paint.dim(
      `embedded AWS at ${started.aws.url}, stack deployed in ${Math.round(performance.now() - beganMs)} ms`,
    ),
  );
  return started;
}
