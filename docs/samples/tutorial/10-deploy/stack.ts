import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable, stackOutputs } from "@longhaul/cdk";
import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The function that sends invoices, and the records of its runs. */
export class InvoicesStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    // #region stack
    const entry = fileURLToPath(new URL("handler.ts", import.meta.url));
    const runTable = new RunTable(this, "Runs");
    const invoices = new RecursiveFunction(this, "Invoices", { entry, runTable });
    // #endregion stack
    stackOutputs(this, { FunctionName: invoices.function.functionName });
  }
}
