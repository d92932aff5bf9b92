import { CfnOutput } from "aws-cdk-lib";
import type { Construct } from "constructs";

/**
 * Gives a stack outputs, by name.
 *
 * @example
 * ```ts
 * stackOutputs(this, { FunctionName: batch.worker.function.functionName });
 * ```
 */
export function stackOutputs(stack: Construct, values: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(values)) new CfnOutput(stack, name, { value });
}
