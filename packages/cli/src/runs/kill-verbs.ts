import { positiveNumber, type Verb, verb } from "../verb.ts";
import { withAccount } from "./access-options.ts";

/** `longhaul kill FUNCTION`. */
export const killVerb: Verb = (end) =>
  withAccount(
    verb("kill", {
      summary: "Throttle every invocation of a function: a reserved concurrency of 0.",
      description:
        "Throttles every invocation of a function, by a reserved concurrency of 0. It asks first. What runs ends its hop. " +
        "Events and messages wait, and runs continue after `longhaul revive`.",
      examples: ["longhaul kill my-function --yes"],
    })
      .argument("<function>", "name or ARN of the function")
      .option("-y, --yes", "Do not ask.")
      .option("--json", "Print what was set as JSON.")
      .action(async (functionName, options) => {
        const { kill } = await import("./kill.ts");
        end(await kill(functionName, options));
      }),
  );

/** `longhaul revive FUNCTION`. */
export const reviveVerb: Verb = (end) =>
  withAccount(
    verb("revive", {
      summary: "Let a function be invoked again after `longhaul kill`.",
      examples: ["longhaul revive my-function --concurrency 50"],
    })
      .argument("<function>", "name or ARN of the function")
      .option("--concurrency <n>", "Reserve so many invocations at a time. Default: none.", positiveNumber)
      .option("--json", "Print what was set as JSON.")
      .action(async (functionName, options) => {
        const { revive } = await import("./kill.ts");
        end(await revive(functionName, options));
      }),
  );
