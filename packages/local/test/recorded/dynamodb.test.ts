import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalAws, outsideCredentials, startLocalAws } from "../../src/index.ts";
import { recordedDynamoDbCalls } from "./dynamodb.ts";

let aws: LocalAws;
let client: DynamoDBClient;
beforeAll(async () => {
  aws = await startLocalAws();
  const config = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials, maxAttempts: 1 };
  client = new DynamoDBClient(config);
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

let made = 0;
const newName = () => `recorded-${++made}`;

/** The facts of an error, as the SDK hands them on. */
function factsOf(error: unknown): object {
  const { $metadata, name, message, Item } = error as Error & {
    readonly $metadata?: { readonly httpStatusCode?: number };
    readonly Item?: object;
  };
  return { status: $metadata?.httpStatusCode, name, message, ...(Item && { Item }) };
}

describe("DynamoDB answers as AWS answered", () => {
  it.each(recordedDynamoDbCalls.map((each) => [each.recording, each] as const))("%s", async (_, { call, answer }) => {
    expect(await call(client, newName).catch(factsOf)).toEqual(answer);
  });
});
