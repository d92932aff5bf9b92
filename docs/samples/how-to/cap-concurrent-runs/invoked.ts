import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";

/** Exports the orders of a shop. */
export const handler = recursive({
  store: dynamodbRunStore(),
  start: (_event: { shop: string; orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, signal }) {
    for (; next < event.orders; next++) {
      await fetch(`https://orders.example.com/${event.shop}/${next}`, { method: "PUT", signal });
      yield { next: next + 1 };
    }
    return next;
  },
});
