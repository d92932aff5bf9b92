import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { type Batch, charge } from "./charge.ts";

// The same work on Longhaul: one record, however many orders there are.
export const handler = recursive({
  store: dynamodbRunStore(),
  runId: (event: Batch) => `charges/${event.batch}`,
  start: (event) => ({ next: event.charged ?? 0 }),
  async *run({ next }, { event, signal }) {
    for (const order of event.orders.slice(next)) {
      await charge(event, order, signal);
      next += 1;
      yield { next };
    }
    return event.orders.length;
  },
});
