import { continueAsNew, type InvocationContext, TimeBudget } from "@longhaul/core";
import { lambdaDriver } from "@longhaul/core/lambda";

const driver = lambdaDriver();

// A handler that exists already keeps its loop. It asks the budget before each step, and hands its position on.
export async function handler(event: { rows: number; state?: number }, context: InvocationContext): Promise<unknown> {
  const budget = new TimeBudget({ remainingMs: () => context.getRemainingTimeInMillis() });
  for (let row = event.state ?? 0; row < event.rows; row++) {
    await fetch(`https://warehouse.example.com/rows/${row}/refresh`, { method: "POST" });
    if (!budget.hasTimeForStep()) return continueAsNew({ event, context, stateKey: "state", state: row + 1, driver });
  }
  return `${event.rows} rows refreshed`;
}
