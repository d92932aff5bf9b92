import { fileURLToPath } from "node:url";
import { ObjectTransform, stackOutputs } from "@longhaul/cdk";
import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** One function that works off large objects of one bucket into another, hop by hop. */
export class S3BatchStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = ObjectTransform.settingsFromContext(this);
    const batch = new ObjectTransform(this, "Batch", { entry: handlerFile, ...settings });
    stackOutputs(this, batch.outputs);
  }
}
