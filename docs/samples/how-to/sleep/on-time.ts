import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { schedulerDriver } from "@longhaul/core/scheduler";
import { sleepUntil } from "@longhaul/core/sleep";
import { remind } from "./invoices.ts";

export const handler = recursive({
  store: dynamodbRunStore(),
  driver: schedulerDriver(lambdaDriver()),
  start: (_event: { invoice: string; dueAt: string }) => ({ isAwaited: false }),
  async *run(state, { event, signal }) {
    if (!state.isAwaited) yield sleepUntil(new Date(event.dueAt), { isAwaited: true });
    await remind(event.invoice, 1, { signal });
  },
});
