import type { DynamoDbJson } from "../../dynamodb/dynalite-engine.ts";
import { DynamoDbError } from "../../dynamodb/dynamodb-error.ts";
import { tableArn } from "../../dynamodb/iam-resources.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { CreatedResource, ResourceContext, ResourceMaker } from "./resource.ts";
import { readTags } from "./tags.ts";

/** `AWS::DynamoDB::Table` */
export const dynamoDbTable: ResourceMaker = (context, properties) => {
  const input = readTable(context, properties);
  const throughput = properties.optionalObject("ProvisionedThroughput");
  return createTable(context, properties, {
    ...input,
    ...readSettings(properties),
    ...(throughput && { ProvisionedThroughput: throughput }),
  });
};

/** `AWS::DynamoDB::GlobalTable` with its one replica, as CDK's `TableV2` writes it. */
export const dynamoDbGlobalTable: ResourceMaker = (context, properties) => {
  const input = readTable(context, properties);
  const [replica] = properties.nestedList("Replicas");
  replica?.text("Region");
  return createTable(context, properties, { ...input, ...(replica && readSettings(replica)) });
};

/** Settings that stand with the table, or with the replica of a global one. */
function readSettings(properties: PropertyReader): DynamoDbJson {
  const tags = Object.entries(readTags(properties)).map(([Key, Value]) => ({ Key, Value }));
  const isProtected = properties.optionalBoolean("DeletionProtectionEnabled");
  return {
    ...(tags.length > 0 && { Tags: tags }),
    ...(isProtected !== undefined && { DeletionProtectionEnabled: isProtected }),
  };
}

function readTable(context: ResourceContext, properties: PropertyReader): DynamoDbJson {
  const input: DynamoDbJson = {
    TableName: context.name(properties.optionalText("TableName"), 255),
    KeySchema: properties.json("KeySchema"),
    AttributeDefinitions: properties.json("AttributeDefinitions"),
    BillingMode: properties.optionalText("BillingMode") ?? "PROVISIONED",
  };
  for (const name of ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"]) {
    const indexes = properties.json(name);
    if (indexes !== undefined) input[name] = indexes;
  }
  return input;
}

async function createTable(
  context: ResourceContext,
  properties: PropertyReader,
  input: DynamoDbJson,
): Promise<CreatedResource> {
  const { dynamodb } = context.services;
  const timeToLive = properties.nested("TimeToLiveSpecification");
  const attribute = timeToLive?.optionalText("AttributeName");
  const isEnabled = timeToLive?.optionalBoolean("Enabled") ?? false;
  properties.finish();
  const name = String(input.TableName);
  const isNew = await dynamodb.call("CreateTable", structuredClone(input)).then(
    () => true,
    (error: unknown) => {
      if (error instanceof DynamoDbError && error.code === "ResourceInUseException") return false;
      throw error;
    },
  );
  if (isNew) context.undo(() => removeTable(context, name));
  else await checkUnchanged(context, properties, input);
  if (isNew && isEnabled && attribute !== undefined) {
    const TimeToLiveSpecification = { AttributeName: attribute, Enabled: true };
    await dynamodb.call("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification });
  }
  return { ref: name, attributes: { Arn: tableArn(context, name) }, listed: { as: "tables", name } };
}

/** Tables keep their items when a stack is deployed again, and with them what they were made with. */
async function checkUnchanged(
  context: ResourceContext,
  properties: PropertyReader,
  input: DynamoDbJson,
): Promise<void> {
  const { Table } = await context.services.dynamodb.call("DescribeTable", { TableName: input.TableName });
  const before = shapeOf((Table ?? {}) as DynamoDbJson);
  const now = shapeOf(input);
  const changed = Object.keys(now).find((name) => now[name] !== before[name]);
  if (changed === undefined) return;
  properties.unsupported(changed, "it differs from the table's that is there; the embedded AWS does not change tables");
}

function shapeOf(table: DynamoDbJson): Readonly<Record<string, string>> {
  const keys = (schema: unknown) =>
    JSON.stringify(
      (Array.isArray(schema) ? schema : []).map(({ AttributeName: name, KeyType: type }) => [type, name]).sort(),
    );
  const indexes = (list: unknown) =>
    JSON.stringify(
      (Array.isArray(list) ? list : [])
        .map(({ IndexName, KeySchema }: DynamoDbJson) => [String(IndexName), keys(KeySchema)])
        .sort(),
    );
  return {
    KeySchema: keys(table.KeySchema),
    GlobalSecondaryIndexes: indexes(table.GlobalSecondaryIndexes),
    LocalSecondaryIndexes: indexes(table.LocalSecondaryIndexes),
  };
}

async function removeTable({ services }: ResourceContext, TableName: string): Promise<void> {
  await services.dynamodb.call("UpdateTable", { TableName, DeletionProtectionEnabled: false });
  await services.dynamodb.call("DeleteTable", { TableName });
}
