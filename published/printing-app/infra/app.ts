import { fileURLToPath } from "node:url";
import { RecursiveFunction } from "@longhaul/cdk";
import { App, CfnOutput, Duration, Stack } from "aws-cdk-lib";

const stack = new Stack(new App(), "Printing");
const { function: worker } = new RecursiveFunction(stack, "Worker", {
  entry: fileURLToPath(new URL("../src/handler.ts", import.meta.url)),
  timeout: Duration.minutes(1),
});
new CfnOutput(stack, "FunctionName", { value: worker.functionName });
