import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

export class RemindersStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // #region worker
    new RecursiveFunction(this, "Worker", {
      entry: fileURLToPath(new URL("on-time.ts", import.meta.url)),
      runTable: new RunTable(this, "Runs"),
      wakesOnTime: true,
    });
    // #endregion worker
  }
}
