import { withDurableExecution } from "@aws/durable-execution-sdk-js";
import { recursive } from "@longhaul/core";
import { durableRun } from "@longhaul/core/durable";
import { type Batch, charge } from "./charge.ts";

const work = recursive({
  start: (event: Batch) => ({ next: event.charged ?? 0 }),
  async *run({ next }, { event, signal }) {
    for (const order of event.orders.slice(next)) {
      await charge(event, order, signal);
      next += 1;
      yield { next };
    }
    return event.orders.length;
  },
});

// The generator of after.ts, in a durable function: a step is a hop and not an order. A wait ends the invocation.
export const handler = withDurableExecution((batch: Batch, context) => durableRun(context, work, batch));
