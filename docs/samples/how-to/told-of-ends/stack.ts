import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunEvents, RunTable } from "@longhaul/cdk";
import { Stack } from "aws-cdk-lib";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Topic } from "aws-cdk-lib/aws-sns";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

export class ImportsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const worker = new RecursiveFunction(this, "Worker", {
      entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
      runTable: new RunTable(this, "Runs"),
    });
    // #region events
    const oncall = new Topic(this, "Oncall");
    oncall.addSubscription(new EmailSubscription("ops@example.com"));
    const ends = new RunEvents(this, "RunEvents", { functions: [worker], topic: oncall }); // told of failures
    ends.onEnd("Billing", new SqsQueue(new Queue(this, "Billable")), ["done"]);
    // #endregion events
  }
}
