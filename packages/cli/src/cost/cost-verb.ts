import { withAccess } from "../runs/access-options.ts";
import { positiveNumber, type Verb, verb } from "../verb.ts";

/** `longhaul cost RUN`: what a run has cost; without a run, what a job would cost by each way to do it. */
export const costVerb: Verb = (end) =>
  withAccess(
    verb("cost", {
      summary: "Tell what a run has cost, or what a job would cost by each way to do it.",
      description:
        "Tells what a run has cost so far, counted as its guards count, and what its steps would cost by other ways to do them. " +
        "Without a run it estimates a job before there is one: by recursion, durable functions, Step Functions, Distributed Map, " +
        "S3 Batch Operations and Fargate. Prices are list prices of us-east-1 for arm64, without the free tier; --json names the " +
        "source and date of each. Storage and traffic are not in it.",
      examples: [
        "longhaul cost charge-2026-11 --function my-function",
        "longhaul cost --items 1000000 --item-seconds 0.1 --memory 512 --runs 30",
      ],
    })
      .argument("[run]", "the run's id")
      .option("--items <n>", "Items of one run of the job.", positiveNumber)
      .option("--item-seconds <n>", "Seconds that one item takes.", positiveNumber)
      .option("--memory <mb>", "Memory that the work needs. Default: the function's, or 1024.", positiveNumber)
      .option("--runs <n>", "Runs a month. Default: 1.", positiveNumber)
      .option("--json", "Print the figures as JSON.")
      .action(async (run, options) => {
        const { cost } = await import("./cost.ts");
        end(await cost(run, options));
      }),
  );
