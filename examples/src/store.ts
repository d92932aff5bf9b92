import { FailRunError, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";

// With a store a duplicate does nothing, a crash costs at most 5 seconds of work, and a lost hand-off is found.
export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { orders: string[] }) => ({ next: 0 }),
  async *run(state, { event, run, signal }) {
    for (const [at, order] of event.orders.entries()) {
      if (at < state.next) continue;
      const answer = await fetch(`${process.env.BILLING_URL}/orders/${order}/charge`, {
        method: "POST",
        // A step may run again after a crash: the service refuses the second charge of an order.
        headers: { "Idempotency-Key": `${run.id}/${order}` },
        signal,
      });
      // Trying again cannot help: the run ends as failed, and its record says why.
      if (answer.status === 404) throw new FailRunError(`There is no order ${order}.`, { code: "NO_ORDER" });
      if (!answer.ok) throw new Error(`Order ${order} was not charged: ${answer.status}`);
      yield { next: at + 1 };
    }
    return event.orders.length;
  },
});
