import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { charge } from "./charge.ts";

export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { month: string; orders: number }) => ({ next: 0 }),
  async *run(state, { event, run, progress, signal }) {
    for (let order = state.next; order < event.orders; order++) {
      await charge(order, { signal, idempotencyKey: `${run.id}/${order}` });
      progress({ orders: order + 1 });
      yield { next: order + 1 };
    }
    return { charged: event.orders };
  },
});
