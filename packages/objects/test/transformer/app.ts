import { fileURLToPath } from "node:url";
import { ObjectTransform, stackOutputs } from "@longhaul/cdk";
import { App, Stack } from "aws-cdk-lib";

/** The stack of the tests of `transformObject()`. */
const app = new App({ analyticsReporting: false });
const stack = new Stack(app, "Transformer");
const batch = new ObjectTransform(stack, "Batch", { entry: fileURLToPath(new URL("handler.ts", import.meta.url)) });
stackOutputs(stack, batch.outputs);
app.synth();
