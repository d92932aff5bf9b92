import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import { recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import middy from "@middy/core";

const metrics = new Metrics({ namespace: "shop", serviceName: "orders" });

export const work = recursive({
  store: dynamodbRunStore(),
  start: (_event: { orders: number }) => ({ next: 0 }),
  async *run({ next }, { event, run, signal }) {
    for (; next < event.orders; next++) {
      const begunMs = performance.now();
      await fetch(`${process.env.BILLING_URL}/orders/${next}`, { method: "PUT", signal });
      // As a dimension, each run would be a metric of its own, with a price. Metadata can be searched for, and costs nothing.
      metrics.addMetadata("run", run.id).addMetadata("hop", String(run.hop));
      metrics.addMetric("charged", MetricUnit.Count, 1);
      metrics.addMetric("chargeTime", MetricUnit.Milliseconds, performance.now() - begunMs);
      yield { next: next + 1 };
    }
    return next;
  },
});

// Writes the metrics of a hop as it ends.
export const handler = middy(work).use(logMetrics(metrics));
