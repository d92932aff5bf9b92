import { App } from "aws-cdk-lib";
import { settingsFrom } from "./settings.ts";
import { QueueLoopsStack } from "./stack.ts";

const app = new App({
  analyticsReporting: false,
  // What CloudFormation would refuse in the middle of a deployment is refused here.
  context: { "@aws-cdk/core:validateAgainstDefaultRules": true },
});
new QueueLoopsStack(
  app,
  "QueueLoops",
  settingsFrom((name) => app.node.tryGetContext(name)),
);
app.synth();
