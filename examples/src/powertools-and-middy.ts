import { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Observer, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import middy from "@middy/core";

const logger = new Logger({ serviceName: "orders" });

/** Each event of a run becomes a line of the logger. It shows no state. */
const toLogger: Observer = {
  observe: (event) => (event.type === "error" ? logger.error : logger.info).call(logger, event.type, { ...event }),
};

export const work = recursive({
  store: dynamodbRunStore(),
  observers: [toLogger],
  start: (_event: { orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, run, signal }) {
    logger.appendKeys({ run: run.id, hop: run.hop });
    for (; next < event.orders; next++) {
      await fetch(`${process.env.BILLING_URL}/orders/${next}`, { method: "PUT", signal });
      logger.info("charged", { order: next });
      yield { next: next + 1 };
    }
    return next;
  },
});

// Keys of this invocation are forgotten in the next one.
export const handler = middy(work).use(injectLambdaContext(logger, { resetKeys: true }));
