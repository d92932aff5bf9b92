import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { Stack } from "aws-cdk-lib";
import { CfnFunction, TenancyConfig } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

export class ReportsStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // #region stack
    const worker = new RecursiveFunction(this, "Worker", {
      entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
      runTable: new RunTable(this, "Runs"),
    });
    const resource = worker.function.node.defaultChild;
    if (resource instanceof CfnFunction) resource.tenancyConfig = TenancyConfig.PER_TENANT.tenancyConfigProperty;
    // #endregion stack
  }
}
