import { Duration } from "aws-cdk-lib";
import { QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";

/** Props of a queue that is encrypted, closed to plain HTTP, and keeps messages for as long as SQS can: 14 days. */
export const keptQueue: QueueProps = {
  encryption: QueueEncryption.SQS_MANAGED,
  enforceSSL: true,
  retentionPeriod: Duration.days(14),
};
