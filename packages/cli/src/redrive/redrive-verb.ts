import { withAccess } from "../runs/access-options.ts";
import { positiveNumber, type Verb, verb } from "../verb.ts";

/** `longhaul redrive QUEUE|OBJECT`: begins again what was given up: events of a queue of failures, or records of a rejects object. */
export const redriveVerb: Verb = (end) =>
  withAccess(
    verb("redrive", {
      summary: "Begin again what a queue of failures or a rejects object has.",
      description:
        "Begins again what the messages of a queue of failures asked for. It asks first. A run that has a record is resumed from " +
        "there; any other event is sent to its function as it came. A message is deleted once that is done, and stays with its " +
        "reason otherwise. The messages of a queue's own dead-letter queue are moved back to that queue. The records of a " +
        "rejects object (s3://BUCKET/KEY) are written to a new object beside their source, once for each version of the rejects.",
      examples: [
        "longhaul redrive my-function-failures",
        "longhaul redrive my-function-failures --dry-run",
        "longhaul redrive s3://results/out/a.json.rejects.ndjson --table my-runs",
      ],
    })
      .argument("<what>", "name, URL or ARN of the queue, or s3://BUCKET/KEY of a rejects object")
      .option("--limit <n>", "Most messages. Default: all.", positiveNumber)
      .option("--source <url>", "s3://BUCKET/KEY that the rejects came from. Default: that of their run.")
      .option("--dry-run", "Show the messages or records, and do nothing.")
      .option("-y, --yes", "Do not ask.")
      .option("--json", "Print a JSON object for each message, or one for a rejects object.")
      .action(async (what, options) => {
        if (what.startsWith("s3://")) {
          const { redriveObject } = await import("./redrive-object.ts");
          return end(await redriveObject(what, options));
        }
        const { redrive } = await import("./redrive.ts");
        end(await redrive(what, options));
      }),
  );
