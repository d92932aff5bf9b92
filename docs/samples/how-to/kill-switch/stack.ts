import { fileURLToPath } from "node:url";
import { KillSwitch, RecursiveFunction, RunTable } from "@longhaul/cdk";
import { Stack } from "aws-cdk-lib";
import { EmailSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Construct } from "constructs";

export class InvoicesStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // #region stack
    const worker = new RecursiveFunction(this, "Worker", {
      entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
      runTable: new RunTable(this, "Runs"),
    });
    const killSwitch = new KillSwitch(this, "KillSwitch", {
      functions: [worker],
      maxInvocationsPerMinute: 600,
      maxUsdPerHour: 5,
    });
    killSwitch.topic.addSubscription(new EmailSubscription("ops@example.com"));
    // #endregion stack
  }
}
