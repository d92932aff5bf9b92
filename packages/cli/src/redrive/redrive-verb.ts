import { withAccess } from "../runs/access-options.ts";
import { positiveNumber, type Verb, verb } from "../verb.ts";

/** `longhaul redrive QUEUE`: begins again what the events of a queue of failures asked for. */
export const redriveVerb: Verb = (end) =>
  withAccess(
    verb("redrive", {
      summary: "Begin again what the messages of a queue of failures asked for.",
      description:
        "Begins again what the messages of a queue of failures asked for. It asks first. A run that has a record is resumed from " +
        "there; any other event is sent to its function as it came. A message is deleted once that is done, and stays with its " +
        "reason otherwise. The messages of a queue's own dead-letter queue are moved back to that queue.",
      examples: ["longhaul redrive my-function-failures", "longhaul redrive my-function-failures --dry-run"],
    })
      .argument("<queue>", "name, URL or ARN of the queue")
      .option("--limit <n>", "Most messages. Default: all.", positiveNumber)
      .option("--dry-run", "Show the messages, and do nothing.")
      .option("-y, --yes", "Do not ask.")
      .option("--json", "Print a JSON object for each message.")
      .action(async (queue, options) => {
        const { redrive } = await import("./redrive.ts");
        end(await redrive(queue, options));
      }),
  );
