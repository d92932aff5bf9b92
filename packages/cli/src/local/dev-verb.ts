import { positiveNumber, type Verb, verb } from "../verb.ts";
import { withLocal } from "./local-package.ts";

/** `longhaul dev APP`: an embedded AWS with an app, until it is interrupted. */
export const devVerb: Verb = (end) =>
  verb("dev", {
    summary: "Start the embedded AWS with an app deployed, and keep it.",
    description:
      "Starts the embedded AWS with an app deployed, and keeps it. Prints what an SDK client or the AWS command line needs to reach it, then the functions' logs. It listens on loopback only and forgets everything when it ends.",
    examples: ["longhaul dev my-app --port 4566"],
  })
    .argument("[app]", "folder of the app", ".")
    .option("-p, --port <port>", "Port to listen on. Default: any free one.", positiveNumber)
    .option(
      "-t, --timeout <seconds>",
      "Timeout of the function; fractions allowed. Default: the stack's.",
      positiveNumber,
    )
    .option("--json", "Print outputs and environment as one JSON object, then logs as JSON lines.")
    .action(async (app, options) => {
      const { dev } = await withLocal(() => import("./dev.ts"));
      end(await dev(app, options));
    });
