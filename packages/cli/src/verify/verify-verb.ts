import { positiveNumber, type Verb, verb, wholeNumber } from "../verb.ts";

/** `longhaul verify FILE`: makes every trial of a handler with few faults. */
export const verifyVerb: Verb = (end) =>
  verb("verify", {
    summary: "Try a handler under every fault, one and two at a time.",
    description:
      "Tries a handler without a fault, then with every single fault, then with every pair. Its process dies at each " +
      "step, call and write; events are lost and doubled; steps hang. It runs in virtual time and needs no AWS. The " +
      "default export of FILE is defineVerification({ ... }) of @longhaul/core/testing. If an invariant does not hold, " +
      "the command prints the fewest faults that show it, and what happened.",
    examples: ["longhaul verify test/invoices.verify.ts", "longhaul verify test/invoices.verify.ts --replay crash@17"],
  })
    .argument("<file>", "a module of JavaScript or TypeScript")
    .option("--max-faults <n>", "Faults in one trial at most. Default: the file's, or 2.", wholeNumber)
    .option("--timeout <seconds>", "Real time in all. Default: the file's, or 60.", positiveNumber)
    .option("--replay <faults>", "Make one trial only, with these faults; '' for none.")
    .option("--json", "Print the result as JSON, with the trace.")
    .action(async (file, options) => {
      const { verifyFile } = await import("./verify-file.ts");
      end(await verifyFile(file, options));
    });
