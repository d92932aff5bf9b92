import { fileURLToPath } from "node:url";
import { LoopFleet, stackOutputs } from "@longhaul/cdk";
import { Stack, type StackProps } from "aws-cdk-lib";
import type { Construct } from "constructs";

const entry = fileURLToPath(new URL("../src/handler.ts", import.meta.url));

/**
 * A queue, and the loops that poll it. For other queues pass `queues`, by name:
 * `{ Orders: { processor: "orders", maxLoops: 4 }, Mails: { processor: "mails" } }`.
 */
export class QueueLoopsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const fleet = new LoopFleet(this, "Fleet", { entry, ...LoopFleet.settingsFromContext(this) });
    stackOutputs(this, fleet.outputs);
  }
}
