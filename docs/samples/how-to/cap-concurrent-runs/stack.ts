import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { Duration, Stack } from "aws-cdk-lib";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

const entry = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const runTable = new RunTable(this, "Runs");

    // #region invoked
    // Runs that events start: at most five invocations at once, over all runs.
    new RecursiveFunction(this, "Invoked", {
      entry: entry("invoked.ts"),
      runTable,
      reservedConcurrentExecutions: 5,
    });
    // #endregion invoked

    // #region queued
    // Runs of a queue whose hops are messages of the same queue: the mapping receives no more than it may work on.
    // A message stays hidden for six times the timeout.
    const queue = new Queue(this, "Jobs", { visibilityTimeout: Duration.minutes(90) });
    const queued = new RecursiveFunction(this, "Queued", {
      entry: entry("queued.ts"),
      runTable,
      mayInvokeItself: false,
      environment: { QUEUE_URL: queue.queueUrl },
    });
    queue.grantSendMessages(queued);
    queued.function.addEventSource(
      new SqsEventSource(queue, { batchSize: 1, reportBatchItemFailures: true, maxConcurrency: 5 }),
    );
    // #endregion queued
  }
}
