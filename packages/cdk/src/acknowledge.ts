import { Validations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";

/** Rules of cdk-nag that constructs of this package do not follow, with the reason. */
const REASONS = {
  "AwsSolutions-DDB3":
    "The records are those of work under way, and they expire. To restore older ones would begin old work again.",
  "AwsSolutions-SQS3": "Events that could not be processed end in this queue, so that a person looks at them.",
  "AwsSolutions-S1":
    "Access logs need a bucket of the account's own choice. Give your own bucket, or add them to this one.",
  "AwsSolutions-SF1":
    "Step Functions keeps the history of a standard execution for 90 days. Give `logs` where that is too short.",
  "AwsSolutions-SF2": "X-Ray costs money, and runs have traces of their own. Give `tracingEnabled` where you want it.",
} as const;

/** Records in the stack's metadata why a construct does not follow a rule, so that a check by cdk-nag passes. */
export function acknowledge(construct: IConstruct, id: keyof typeof REASONS): void {
  Validations.of(construct).acknowledge({ id, reason: REASONS[id] });
}
