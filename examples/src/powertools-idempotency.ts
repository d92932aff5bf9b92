import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import type { Context } from "aws-lambda";

// Longer than any run may live: a step may run again for as long.
const config = new IdempotencyConfig({ expiresAfterSeconds: 30 * 24 * 60 * 60 });

/** Charges an order once in a run. A second call answers with the receipt of the first. */
const charge = makeIdempotent(
  async ({ order }: { run: string; order: number }, signal: AbortSignal) => {
    const answer = await fetch(`${process.env.BILLING_URL}/orders/${order}/charge`, { method: "POST", signal });
    if (!answer.ok) throw new Error(`Order ${order} was not charged: ${answer.status}`);
    return { receipt: await answer.text() };
  },
  { persistenceStore: new DynamoDBPersistenceLayer({ tableName: process.env.CHARGES_TABLE ?? "charges" }), config },
);

export const work = recursive({
  store: dynamodbRunStore(),
  start: (_event: { orders: number }) => ({ next: 0, lastReceipt: "" }),
  async *run({ next, lastReceipt }, { event, run, signal }) {
    for (; next < event.orders; next++) {
      ({ receipt: lastReceipt } = await charge({ run: run.id, order: next }, signal));
      yield { next: next + 1, lastReceipt };
    }
    return lastReceipt;
  },
});

// Without the context, a charge that a crash cut off would be refused until its record expires.
export const handler = (event: Parameters<typeof work>[0], context: Context) => {
  config.registerLambdaContext(context);
  return work(event, context);
};
