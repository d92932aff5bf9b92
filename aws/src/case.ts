import type { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { LambdaClient } from "@aws-sdk/client-lambda";
import type { S3Client } from "@aws-sdk/client-s3";
import type { SQSClient } from "@aws-sdk/client-sqs";

/** Clients of the account. */
export interface Clients {
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
}

/** A stack that was deployed. */
export interface Site extends Clients {
  /** The outputs of the stack. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Aborted when the lane is to end. */
  readonly signal: AbortSignal;
}

/** The most that a case uses, for its price. */
export interface Usage {
  /** Minutes that functions work, all together. */
  readonly functionMinutes: number;
  readonly memoryMb: number;
  /** Requests to Lambda, S3 and SQS. */
  readonly requests: number;
  readonly tableWrites: number;
  readonly alarms: number;
}

/** The end-to-end test of an app, by calls of the SDK alone. */
export interface AwsCase {
  /** Name and folder of the app. */
  readonly app: string;
  /** Sentence of what must hold. */
  readonly promise: string;
  /** Context of its CDK program; `data` is `delete` for all. */
  readonly context: Readonly<Record<string, string>>;
  /** Variables of its functions: work that takes several hops. */
  readonly environment: Readonly<Record<string, string>>;
  readonly usage: Usage;
  /** @throws where the promise does not hold. */
  check(site: Site): Promise<void>;
}
