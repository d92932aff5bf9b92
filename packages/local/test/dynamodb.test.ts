import { randomBytes, randomUUID } from "node:crypto";
import { DynamoDBClient, TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDynamoDb } from "../src/dynamodb/dynamodb.ts";
import { systemClock } from "../src/gateway/clock.ts";
import { createCredentialIssuer, outsideCredentials } from "../src/gateway/credentials.ts";
import { type Gateway, startGateway } from "../src/gateway/gateway.ts";
import { dynamoDbCases } from "./dynamodb-conformance.ts";

const region = "eu-central-1";
const accountId = "000000000000";

describe("the embedded DynamoDB answers the SDK as AWS does", () => {
  let gateway: Gateway;
  let client: DynamoDBClient;

  beforeAll(async () => {
    gateway = await startGateway({
      region,
      accountId,
      credentials: createCredentialIssuer((bytes) => randomBytes(bytes).toString("hex")),
      newRequestId: randomUUID,
    });
    gateway.serve("dynamodb", createDynamoDb({ region, accountId, clock: systemClock }));
    client = new DynamoDBClient({ endpoint: gateway.url, region, credentials: outsideCredentials, maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await gateway.stop();
  });

  it.concurrent.each(dynamoDbCases)("$name", async ({ run }) => run(client));

  it("names an operation it does not serve", async () => {
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: [] }))).rejects.toThrow(
      "TransactWriteItems",
    );
  });

  it("records each call with its IAM action and table", () => {
    const recorded = gateway.calls.list().find(({ action }) => action === "dynamodb:UpdateItem");
    expect(recorded?.resourceArn).toMatch(/^arn:aws:dynamodb:eu-central-1:000000000000:table\/conformance-/);
  });
});
