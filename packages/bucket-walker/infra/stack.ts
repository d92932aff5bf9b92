import { fileURLToPath } from "node:url";
import { BucketWalk, stackOutputs } from "@longhaul/cdk";
import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

const handlerFile = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/** One function that walks buckets, hop by hop, in as many parts at once as it may. */
export class BucketWalkerStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const settings = BucketWalk.settingsFromContext(this);
    const walk = new BucketWalk(this, "Walk", { entry: handlerFile, ...settings });
    stackOutputs(this, walk.outputs);
  }
}
