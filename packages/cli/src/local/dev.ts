import { resolve } from "node:path";
import { outsideCredentials } from "@longhaul/local";
import type { ExitCode } from "../exit-code.ts";
import { announce } from "../runs/dev-notice.ts";
import { screenOn } from "../terminal.ts";
import { findApp } from "./app.ts";
import { startAndDeploy } from "./local-app.ts";

/** Options of `longhaul dev`. */
interface DevOptions {
  readonly port?: number | undefined;
  readonly timeout?: number | undefined;
  readonly json?: true | undefined;
}

/** Runs an app on an embedded AWS until a signal ends it. */
export async function dev(name: string, { port, timeout, json }: DevOptions): Promise<ExitCode> {
  const screen = screenOn(json ? process.stderr : process.stdout);
  const app = await findApp(name, screen.line);
  const { aws, outputs, functionName } = await startAndDeploy(app, { port, timeoutSeconds: timeout }, screen);
  app.program.close();
  const env = aws.env();
  announce({
    url: aws.url,
    region: aws.region,
    credentials: outsideCredentials,
    directory: resolve(app.directory),
    tableName: aws.lambda.getFunction(functionName).environment.LONGHAUL_RUN_TABLE,
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ url: aws.url, env, outputs })}\n`);
  } else {
    for (const [name, value] of Object.entries(env)) screen.line(`export ${name}=${value}`);
    screen.line("");
    for (const [name, value] of Object.entries(outputs)) screen.line(`${screen.paint.bold(name)}  ${value}`);
    screen.line("");
    screen.line(screen.paint.dim("Ctrl-C ends it."));
  }
  aws.lambda.on("log", ({ functionName, requestId, message }) => {
    if (json) process.stdout.write(`${JSON.stringify({ functionName, requestId, message })}\n`);
    else screen.line(`${screen.paint.dim(functionName)}  ${message}`);
  });
  // A signal ends the process; see startAndDeploy.
  return new Promise<ExitCode>(() => {});
}
