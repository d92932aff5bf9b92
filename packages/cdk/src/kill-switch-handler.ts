import { LambdaClient, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";

const lambda = new LambdaClient({ maxAttempts: 10 });

/**
 * Sets the reserved concurrency of the functions in `LONGHAUL_KILL_FUNCTIONS` to 0, each of them even if another one fails.
 *
 * @throws {AggregateError} if one could not be stopped, so that Lambda tries again.
 */
export async function handler(): Promise<{ readonly killed: readonly string[] }> {
  const names: readonly string[] = JSON.parse(process.env.LONGHAUL_KILL_FUNCTIONS ?? "[]");
  const kill = (FunctionName: string) =>
    lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  const results = await Promise.allSettled(names.map(kill));
  const reasons: unknown[] = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  if (reasons.length > 0) throw new AggregateError(reasons, `Not stopped: ${reasons.map(String).join("; ")}`);
  return { killed: names };
}
