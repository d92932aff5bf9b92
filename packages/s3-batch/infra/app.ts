import { App } from "aws-cdk-lib";
import { S3BatchStack } from "./stack.ts";

const app = new App({
  analyticsReporting: false,
  // What CloudFormation would refuse in the middle of a deployment is refused here.
  context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
});
new S3BatchStack(app, "S3Batch");
app.synth();
