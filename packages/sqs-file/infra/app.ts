import { App } from "aws-cdk-lib";
import { SqsFileStack } from "./stack.ts";

const app = new App({
  analyticsReporting: false,
  // What CloudFormation would refuse in the middle of a deployment is refused here.
  context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
});
new SqsFileStack(app, "SqsFile");
app.synth();
