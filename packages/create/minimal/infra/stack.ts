import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable, stackOutputs } from "@longhaul/cdk";
import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** One function, and the table with the records of its runs. */
export class MinimalStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const runTable = new RunTable(this, "Runs");
    const worker = new RecursiveFunction(this, "Worker", { entry: handlerFile, runTable });
    stackOutputs(this, { FunctionName: worker.function.functionName, RunTableName: runTable.tableName });
  }
}
