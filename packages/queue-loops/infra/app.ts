import { App } from "aws-cdk-lib";
import { QueueLoopsStack } from "./stack.ts";

const app = new App({
  analyticsReporting: false,
  // Refuses at synthesis what CloudFormation would refuse in the middle of a deployment.
  context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
});
new QueueLoopsStack(app, "QueueLoops");
app.synth();
