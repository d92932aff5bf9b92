import { findApp } from "./app.ts";
import { type Command, positiveNumber } from "./command.ts";
import { deployApp } from "./local-app.ts";
import { screenOn } from "./terminal.ts";

/** `longhaul dev APP`: an embedded AWS with an app, until it is interrupted. */
export const devCommand: Command = {
  name: "dev",
  usage: "dev APP",
  summary: "Start the embedded AWS with an app deployed, and keep it.",
  details:
    "Prints what an SDK client or the AWS command line needs to reach it, then the function's logs as they come.\n" +
    "It listens on loopback only and forgets everything when it ends.",
  options: {
    port: { type: "string", short: "p", value: "PORT", help: "Port to listen on. Default: any free one." },
    timeout: {
      type: "string",
      short: "t",
      value: "SECONDS",
      help: "Timeout of the function; fractions allowed. Default: the stack's.",
    },
    json: {
      type: "boolean",
      help: "Print the outputs and the environment as one JSON object, then logs as JSON lines.",
    },
  },
  async run({ positionals, options }) {
    const app = await findApp(positionals[0]);
    const screen = screenOn(options.json ? process.stderr : process.stdout);
    const settings = {
      port: positiveNumber("port", options.port),
      timeoutSeconds: positiveNumber("timeout", options.timeout),
    };
    const { aws, outputs } = await deployApp(app, settings, screen);
    const env = aws.env();
    if (options.json) {
      process.stdout.write(`${JSON.stringify({ url: aws.url, env, outputs })}\n`);
    } else {
      for (const [name, value] of Object.entries(env)) screen.line(`export ${name}=${value}`);
      screen.line("");
      for (const [name, value] of Object.entries(outputs)) screen.line(`${screen.paint.bold(name)}  ${value}`);
      screen.line("");
      screen.line(screen.paint.dim("Ctrl-C ends it."));
    }
    aws.lambda.on("log", ({ functionName, requestId, message }) => {
      if (options.json) process.stdout.write(`${JSON.stringify({ functionName, requestId, message })}\n`);
      else screen.line(`${screen.paint.dim(functionName)}  ${message}`);
    });
    // Ends by signal only; see deployApp.
    return new Promise<number>(() => {});
  },
};
