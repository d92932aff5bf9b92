import { fileURLToPath } from "node:url";
import { BucketWalk, stackOutputs } from "@longhaul/cdk";
import { App, Stack } from "aws-cdk-lib";

/** The stack of the tests: a function that may do everything with the objects of its bucket. */
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "Walker");
const walk = new BucketWalk(stack, "Walk", {
  entry: fileURLToPath(new URL("handler.ts", import.meta.url)),
  actions: ["each", "copy", "delete"],
  targetBucketName: "walker-archive",
});
stackOutputs(stack, walk.outputs);
app.synth();
