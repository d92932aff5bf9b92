import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient, type LambdaClientConfig } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { screenOn } from "../terminal.ts";
import type { AccountOptions } from "./access-options.ts";
import { announced, type DevNotice } from "./dev-notice.ts";

/** An AWS, real or embedded. */
export interface Account {
  readonly dynamodb: DynamoDBClient;
  readonly lambda: LambdaClient;
  readonly logs: CloudWatchLogsClient;
  readonly sqs: SQSClient;
  /** How clients of other services reach it. */
  readonly config: AccountConfig;
  /** The embedded AWS that it is, if `longhaul dev` was found. */
  readonly dev: DevNotice | undefined;
  close(): void;
}

/** Settings of a client of the account. */
type AccountConfig = Pick<LambdaClientConfig, "endpoint" | "region" | "credentials" | "profile">;

/** Lets a verb work on the account that the options name. */
export async function withAccountOf<Answer>(
  options: AccountOptions,
  work: (account: Account) => Promise<Answer>,
): Promise<Answer> {
  const account = await openAccount(options);
  try {
    return await work(account);
  } finally {
    account.close();
  }
}

/**
 * Opens the account that the options name, by the SDK's default credential chain; without options the embedded AWS of
 * `longhaul dev`, if one runs, which is said on stderr.
 */
async function openAccount({ profile, region, endpoint }: AccountOptions): Promise<Account> {
  const isNamed = profile !== undefined || region !== undefined || endpoint !== undefined;
  const [dev] = isNamed || process.env.AWS_ENDPOINT_URL ? [] : await announced();
  if (dev) {
    const screen = screenOn(process.stderr);
    screen.line(screen.paint.dim(`embedded AWS at ${dev.url}; give --profile or --region for your account`));
  }
  const config: AccountConfig = dev
    ? { endpoint: dev.url, region: dev.region, credentials: dev.credentials }
    : {
        ...(profile !== undefined && { profile }),
        ...(region !== undefined && { region }),
        ...(endpoint !== undefined && { endpoint }),
      };
  const dynamodb = new DynamoDBClient(config);
  const lambda = new LambdaClient(config);
  const logs = new CloudWatchLogsClient(config);
  const sqs = new SQSClient(config);
  return {
    dynamodb,
    lambda,
    logs,
    sqs,
    config,
    dev,
    close() {
      dynamodb.destroy();
      lambda.destroy();
      logs.destroy();
      sqs.destroy();
    },
  };
}
