import { type DurableContext, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { callerDriver, recursive } from "@longhaul/core";
import { type Batch, charge } from "./charge.ts";

const work = recursive({
  // Does not invoke itself: it answers with the event of the next hop.
  driver: callerDriver(),
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

// The generator of after.ts, in a durable function: a step is a hop and not an order. The wait ends the invocation.
export const handler = withDurableExecution(async (batch: Batch, context: DurableContext) => {
  let event: object = batch;
  for (let hop = 0; ; hop++) {
    const outcome = await context.step(`hop ${hop}`, () => work(event as Batch, context.lambdaContext));
    if (outcome.status === "done") return outcome.result;
    if (outcome.status !== "continued" || outcome.continuation === undefined) throw new Error(outcome.message);
    event = outcome.continuation;
    await context.wait({ seconds: 1 });
  }
});
