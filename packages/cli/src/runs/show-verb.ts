import { type Verb, verb } from "../verb.ts";
import { withAccess } from "./access-options.ts";

/** `longhaul show RUN`: shows a run's record. */
export const showVerb: Verb = (end) =>
  withAccess(
    verb("show", {
      summary: "Show a run: how far it is, what it used, why it ended, and what can be done.",
      examples: ["longhaul show charge-2026-11 --function my-function"],
    })
      .argument("<run>", "the run's id")
      .option("--json", "Print the run as JSON.")
      .action(async (run, options) => {
        const { show } = await import("./show.ts");
        end(await show(run, options));
      }),
  );
