import { randomBytes, randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { runTableRequest } from "@longhaul/core/store";
import { createDynamoDb } from "../src/dynamodb/dynamodb.ts";
import { systemClock } from "../src/gateway/clock.ts";
import { createCredentialIssuer, outsideCredentials } from "../src/gateway/credentials.ts";
import { startGateway } from "../src/gateway/gateway.ts";

const region = "eu-central-1";
const accountId = "000000000000";
export const tableName = "runs";

/** A DynamoDB with an empty run table, and a client for it. */
export interface RunTableServer {
  readonly client: DynamoDBClient;
  stop(): Promise<void>;
}

/** The embedded DynamoDB, which returns the old item of a refused write as AWS does. */
export async function embeddedRunTable(): Promise<RunTableServer> {
  const gateway = await startGateway({
    region,
    accountId,
    credentials: createCredentialIssuer((bytes) => randomBytes(bytes).toString("hex")),
    newRequestId: randomUUID,
  });
  gateway.serve("dynamodb", createDynamoDb({ region, accountId, clock: systemClock }));
  const client = clientOf(gateway.url);
  await createRunTable(client);
  return {
    client,
    async stop() {
      client.destroy();
      await gateway.stop();
    },
  };
}

/** Plain dynalite, which knows no `ReturnValuesOnConditionCheckFailure`, as older emulators do. */
export async function plainRunTable(): Promise<RunTableServer> {
  const dynalite = createRequire(import.meta.url)("dynalite") as (options: { createTableMs: number }) => Server;
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = clientOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await createRunTable(client);
  return {
    client,
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region, credentials: outsideCredentials });
}

/** Makes a table by the schema, with its indexes or without. */
export async function createRunTable(client: DynamoDBClient, name = tableName, hasIndexes = true): Promise<void> {
  const { GlobalSecondaryIndexes, AttributeDefinitions, ...table } = runTableRequest(name);
  const indexes = hasIndexes ? { GlobalSecondaryIndexes } : {};
  const keys = hasIndexes ? AttributeDefinitions : AttributeDefinitions.slice(0, 1);
  await client.send(new CreateTableCommand({ ...table, ...indexes, AttributeDefinitions: keys }));
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table?.TableStatus === "ACTIVE") return;
  }
}
