import { fileURLToPath } from "node:url";
import { ContinueAsNew, RecursiveFunction } from "@longhaul/cdk";
import { Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

export class ImportStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    // #region machine
    const worker = new RecursiveFunction(this, "Worker", {
      entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
      mayInvokeItself: false,
    });
    new ContinueAsNew(this, "Imports", { worker, stateMachineName: "imports" });
    // #endregion machine
  }
}
