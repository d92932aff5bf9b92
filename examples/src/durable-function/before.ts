import { type DurableContext, withDurableExecution } from "@aws/durable-execution-sdk-js";
import { type Batch, charge } from "./charge.ts";

// A durable function: each order is a step, and each step is kept for the replay.
export const handler = withDurableExecution(async (event: Batch, context: DurableContext) => {
  for (const order of event.orders.slice(event.charged)) {
    await context.step(`charge ${order}`, () => charge(event, order));
  }
  return event.orders.length;
});
