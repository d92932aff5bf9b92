import { namedValue, positiveNumber, type Verb, verb } from "../verb.ts";
import { withLocal } from "./local-package.ts";

/** `longhaul run APP --input FILE`: runs an app to the end on an embedded AWS. */
export const runVerb: Verb = (end) =>
  verb("run", {
    summary: "Run an app over a file to the end, with live progress.",
    description:
      "Starts an embedded AWS, deploys the app's own CDK stack to it, puts the input into its bucket and watches the run to the end. Shows what functions print. Keeps the run's history below .longhaul/runs for `longhaul report`.",
    examples: ["longhaul run my-app --input data.ndjson --timeout 5", "longhaul run --event '{ \"upTo\": 10 }' --json"],
  })
    .argument("[app]", "folder of the app", ".")
    .option(
      "-i, --input <file>",
      "The file to process. A folder, for an app that takes many objects; for one that takes messages, each line of the file is one. Default: the app's sample.",
    )
    .option("--event <json>", "Start the run with this event, or the one in this file, instead of the app's own.")
    .option("--max-file-bytes <bytes>", "Leave out larger files of a folder.", positiveNumber)
    .option(
      "-t, --timeout <seconds>",
      "Timeout of the function; fractions allowed. Default: the stack's.",
      positiveNumber,
    )
    .option("-e, --env <name=value>", "Set a variable of the function's environment. Repeatable.", namedValue)
    .option("-c, --context <name=value>", "Context of the CDK program, as of cdk deploy. Repeatable.", namedValue)
    .option("--list-latency <ms>", "Time S3 takes to answer a listing. Default: none.", positiveNumber)
    .option("--html <file>", "Also write the timeline as an HTML page.")
    .option("--results <folder>", "Also save what the run made.")
    .option("--no-verify", "Do not check the output against the input.")
    .option("--json", "Print one JSON object at the end; everything else goes to stderr.")
    .action(async (app, options) => {
      const { run } = await withLocal(() => import("./run.ts"));
      end(await run(app, options));
    });
