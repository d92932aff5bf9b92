import { withAccount } from "../runs/access-options.ts";
import { type Verb, verb } from "../verb.ts";

/** `longhaul doctor FUNCTION...`. */
export const doctorVerb: Verb = (end) =>
  withAccount(
    verb("doctor", {
      summary: "Look at a function's settings, and say what endangers its runs.",
      description:
        "Looks at the settings of functions that recursion depends on: runtime, loop detection, timeout, retries, destination, " +
        "run table and sweeper. Each finding has its mend. It ends with 1 if there is an error. Nothing is changed. " +
        "It does not look at permissions.",
      examples: ["longhaul doctor my-function"],
    })
      .argument("<function...>", "names or ARNs of functions")
      .option("--json", "Print the findings as JSON.")
      .action(async (functionNames, options) => {
        const { doctor } = await import("./doctor.ts");
        end(await doctor(functionNames, options));
      }),
  );
