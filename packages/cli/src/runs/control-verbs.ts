import { positiveNumber, type Verb, verb, wholeNumber } from "../verb.ts";
import { withAccess } from "./access-options.ts";

const control = () => import("./control.ts");

/** `longhaul pause RUN`. */
export const pauseVerb: Verb = (end) =>
  withAccess(
    verb("pause", {
      summary: "Pause a run at its next checkpoint or hop, until it is resumed.",
      examples: ["longhaul pause charge-2026-11 --function my-function --wait"],
    })
      .argument("<run>", "the run's id")
      .option("--wait", "Wait until it has paused, or is over.")
      .option("--timeout <seconds>", "Longest wait. Default: 900.", positiveNumber)
      .option("--json", "Print the run as JSON.")
      .action(async (run, options) => end(await (await control()).pause(run, options))),
  );

/** `longhaul stop RUN`. */
export const stopVerb: Verb = (end) =>
  withAccess(
    verb("stop", {
      summary: "Stop a run at its next checkpoint or hop.",
      description: "Stops a run at its next checkpoint or hop. It asks first. A run that was stopped can be resumed.",
      examples: ["longhaul stop charge-2026-11 --function my-function --yes"],
    })
      .argument("<run>", "the run's id")
      .option("-y, --yes", "Do not ask.")
      .option("--wait", "Wait until it has stopped, or is over.")
      .option("--timeout <seconds>", "Longest wait. Default: 900.", positiveNumber)
      .option("--json", "Print the run as JSON.")
      .action(async (run, options) => end(await (await control()).stop(run, options))),
  );

/** `longhaul resume RUN`. */
export const resumeVerb: Verb = (end) =>
  withAccess(
    verb("resume", {
      summary: "Let a paused, stopped or failed run continue from its last safe point.",
      description:
        "Lets a paused, stopped or failed run continue from its last safe point. A run that reached a limit needs a higher " +
        "one. Limits are totals, counted from the run's beginning. A stop or pause that the run has not seen is taken back.",
      examples: ["longhaul resume charge-2026-11 --function my-function --max-cost 50"],
    })
      .argument("<run>", "the run's id")
      .option("--max-hops <n>", "Hops of the run.", positiveNumber)
      .option("--max-hours <n>", "Age of the run.", positiveNumber)
      .option("--max-cost <usd>", "Estimated cost of the run, in US dollars.", positiveNumber)
      .option("--wait", "Wait until it is over or paused again.")
      .option("--timeout <seconds>", "Longest wait. Default: 900.", positiveNumber)
      .option("--json", "Print the run as JSON.")
      .action(async (run, options) => end(await (await control()).resume(run, options))),
  );

/** `longhaul rewind RUN`. */
export const rewindVerb: Verb = (end) =>
  withAccess(
    verb("rewind", {
      summary: "Begin a run again at an earlier hop, whatever it does now.",
      description:
        "Begins a run again with the state that an earlier hop began with. It asks first. The run may be over, paused, asleep " +
        "or under way; what came after that hop is done again, and what it did outside is not undone. The function keeps " +
        "those states if it has the option history; show names the hops.",
      examples: ["longhaul rewind charge-2026-11 --hop 12 --function my-function --yes"],
    })
      .argument("<run>", "the run's id")
      .requiredOption("--hop <n>", "The hop to begin again at, from 0.", wholeNumber)
      .option("--max-hops <n>", "Hops of the run.", positiveNumber)
      .option("--max-hours <n>", "Age of the run.", positiveNumber)
      .option("--max-cost <usd>", "Estimated cost of the run, in US dollars.", positiveNumber)
      .option("-y, --yes", "Do not ask.")
      .option("--wait", "Wait until it is over or paused again.")
      .option("--timeout <seconds>", "Longest wait. Default: 900.", positiveNumber)
      .option("--json", "Print the run as JSON.")
      .action(async (run, options) => end(await (await control()).rewind(run, options))),
  );

/** `longhaul delete RUN`. */
export const deleteVerb: Verb = (end) =>
  withAccess(
    verb("delete", {
      summary: "Delete the record of a run that is over or paused.",
      description:
        "Deletes event, state and result of a run that is over or paused. It asks first. The id stays taken until the " +
        "record expires, so that a late event does not begin the run again.",
      examples: ["longhaul delete charge-2026-11 --function my-function --yes"],
    })
      .argument("<run>", "the run's id")
      .option("-y, --yes", "Do not ask.")
      .option("--json", "Print the id as JSON.")
      .action(async (run, options) => end(await (await control()).remove(run, options))),
  );
