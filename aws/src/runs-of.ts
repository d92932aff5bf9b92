import { type RunDetails, runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import type { Site } from "./case.ts";
import { waitUntil } from "./wait-until.ts";

/**
 * Waits for the first run of the stack and for its end.
 *
 * @throws unless it is done.
 */
export async function doneRun({ dynamodb, lambda, outputs, signal }: Site): Promise<RunDetails> {
  const store = dynamodbRunStore({ tableName: outputs.RunTableName, client: dynamodb });
  const client = runClient({ store, driver: lambdaDriver({ client: lambda }) });
  const first = async () => (await client.list({ limit: 1 })).runs[0];
  const { id } = await waitUntil("a run", first, { signal });
  const run = await client.wait(id, { timeoutMs: 600_000, signal });
  if (run.status !== "done") throw new Error(`Run ${id} is ${run.status}: ${JSON.stringify(run.reason)}`);
  return run;
}

/** @throws if the run took one hop alone. */
export function assertSeveralHops({ hop }: RunDetails): void {
  if (hop === 0) throw new Error("The run took one hop; it was to take several.");
}
