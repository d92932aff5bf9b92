import { runClient } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import type { handler } from "./handler.ts";

// #region client
/** The runs of one function. Event and result have the types of its handler. */
export const runs = runClient<typeof handler>({
  store: dynamodbRunStore(),
  driver: lambdaDriver(),
  target: process.env.FUNCTION_NAME,
});
// #endregion client

// #region start
/** Charges the orders of a month, once, however often it is called. */
export async function chargeMonth(month: string, orders: number): Promise<number> {
  const { id } = await runs.start({ month, orders }, { runId: `charge-${month}` });
  const { status, result, reason } = await runs.wait(id, { timeoutMs: 3_600_000 });
  if (status !== "done" || !result) throw new Error(`${id} is ${status}: ${reason?.message}`);
  return result.charged;
}
// #endregion start

// #region control
/** Lets every run that reached the limit of costs continue, with a higher one. */
export async function raiseLimit(maxCostUsd: number): Promise<string[]> {
  const resumed: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await runs.list({ status: "stopped", cursor });
    for (const { id, reason } of page.runs) {
      if (reason?.code !== "MAX_COST") continue;
      await runs.resume(id, { limits: { maxCostUsd } });
      resumed.push(id);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return resumed;
}
// #endregion control
