import { withLocal } from "../local/local-package.ts";
import { namedValue, positiveNumber, type Verb, verb } from "../verb.ts";

/** `longhaul iam APP`: runs an app, and compares its calls with the permissions in its template. */
export const iamVerb: Verb = (end) =>
  verb("iam", {
    summary: "Run an app, and compare its calls with its permissions.",
    description:
      "Runs the app to the end as longhaul run does, then invokes each function of a schedule that was not invoked yet. Shows for each role which statement of the stack's policies allowed which calls; for each call that none allows, the statement to add; and what is spare. Calls that are not allowed are let through, so that one run finds all of them.",
    examples: ["longhaul iam my-app --timeout 5", "longhaul iam --json --strict --rare s3:AbortMultipartUpload"],
    exitCodes: ["1  also: a permission is missing, or one is spare with --strict"],
  })
    .argument("[app]", "folder of the app", ".")
    .option("-i, --input <file>", "The input, as of longhaul run. Default: the app's sample.")
    .option("--event <json>", "Start the run with this event, or the one in this file, instead of the app's own.")
    .option("--max-file-bytes <bytes>", "Leave out larger files of a folder.", positiveNumber)
    .option(
      "-t, --timeout <seconds>",
      "Timeout of the function; fractions allowed. A short one makes hops. Default: the stack's.",
      positiveNumber,
    )
    .option("-e, --env <name=value>", "Set a variable of the function's environment. Repeatable.", namedValue)
    .option("-c, --context <name=value>", "Context of the CDK program, as of cdk deploy. Repeatable.", namedValue)
    .option(
      "--rare <action>",
      "An action that need not happen in this run, such as s3:AbortMultipartUpload; may hold *. It is not spare. Repeatable.",
      (action: string, before: readonly string[] = []) => [...before, action],
    )
    .option("--strict", "Fail if something is spare or not decided, or a function did not run.")
    .option("--no-verify", "Do not check the output against the input.")
    .option("--json", "Print one JSON object at the end; everything else goes to stderr.")
    .action(async (app, options) => {
      const { iam } = await withLocal(() => import("./iam.ts"));
      end(await iam(app, options));
    });
