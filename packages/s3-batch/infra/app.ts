import { App } from "aws-cdk-lib";
import { settingsFrom } from "./settings.ts";
import { S3BatchStack } from "./stack.ts";

const app = new App({ analyticsReporting: false });
new S3BatchStack(
  app,
  "S3Batch",
  settingsFrom((name) => app.node.tryGetContext(name)),
);
app.synth();
