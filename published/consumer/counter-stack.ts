import { fileURLToPath } from "node:url";
import { RecursiveFunction, RunTable } from "@longhaul/cdk";
import { CfnOutput, Duration, Stack } from "aws-cdk-lib";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";

/** A stack as a user writes it, for the Node that runs this. */
export class CounterStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const runTable = new RunTable(this, "Runs");
    const { function: counter } = new RecursiveFunction(this, "Counter", {
      entry: fileURLToPath(new URL("./counter.ts", import.meta.url)),
      runtime: process.version.startsWith("v22.") ? Runtime.NODEJS_22_X : Runtime.NODEJS_24_X,
      timeout: Duration.seconds(3),
      runTable,
    });
    new CfnOutput(this, "FunctionName", { value: counter.functionName });
    new CfnOutput(this, "RunTableName", { value: runTable.tableName });
  }
}
