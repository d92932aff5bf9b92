import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { sqsDriver, sqsHandler } from "@longhaul/core/sqs";

/** Exports the orders of a shop: each message is a run, and each further hop is a message of the same queue. */
const work = recursive({
  store: dynamodbRunStore(),
  driver: sqsDriver({ queueUrl: process.env.QUEUE_URL ?? "" }),
  start: (_event: { shop: string; orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, signal }) {
    for (; next < event.orders; next++) {
      await fetch(`https://orders.example.com/${event.shop}/${next}`, { method: "PUT", signal });
      yield { next: next + 1 };
    }
    return next;
  },
});

export const handler = sqsHandler(work);
