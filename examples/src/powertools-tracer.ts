import { Tracer } from "@aws-lambda-powertools/tracer";
import { captureLambdaHandler } from "@aws-lambda-powertools/tracer/middleware";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import middy from "@middy/core";

const tracer = new Tracer({ serviceName: "orders" });

export const work = recursive({
  store: dynamodbRunStore(),
  start: (_event: { orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, run, signal }) {
    // X-Ray finds all hops by `annotation.run = "..."`, also where each hop is a trace of its own.
    tracer.putAnnotation("run", run.id);
    tracer.putAnnotation("hop", run.hop);
    for (; next < event.orders; next++) {
      // The tracer makes a subsegment of each request by itself.
      await fetch(`${process.env.BILLING_URL}/orders/${next}`, { method: "PUT", signal });
      yield { next: next + 1 };
    }
    return next;
  },
});

// The outcome of a hop holds the result of the run: it stays out of the trace.
export const handler = middy(work).use(captureLambdaHandler(tracer, { captureResponse: false }));
