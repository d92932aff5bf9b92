import { positiveNumber, type Verb, verb } from "../verb.ts";
import { withAccess } from "./access-options.ts";

/** `longhaul start FUNCTION`: begins a run. */
export const startVerb: Verb = (end) =>
  withAccess(
    verb("start", {
      summary: "Start a run of a function.",
      description:
        "Starts a run of a function: writes its record, then sends its event. The same --id with the same event starts " +
        "one run, however often it is asked.",
      examples: [`longhaul start my-function --event '{"month":"2026-11"}' --id charge-2026-11`],
    })
      .argument("<function>", "name or ARN of the function")
      .option("--event <json>", "The event of the run, or @FILE.", "{}")
      .option("--id <id>", "Id of the run. Default: a random one.")
      .option("--tenant <id>", "The tenant that the run is for.")
      .option("--wait", "Wait until the run is over or paused; exit code 1 unless it is done.")
      .option("--timeout <seconds>", "Longest wait. Default: 900.", positiveNumber)
      .option("--json", "Print the run as JSON.")
      .action(async (functionName, options) => {
        const { start } = await import("./start.ts");
        end(await start(functionName, options));
      }),
  );
