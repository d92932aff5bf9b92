import type { Json } from "../../dynamodb/dynalite-engine.ts";
import { DynamoDbError } from "../../dynamodb/dynamodb-error.ts";
import { tableArn } from "../../dynamodb/iam-resources.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { CreatedResource, ResourceContext, ResourceMaker } from "./resource.ts";

const accepted = [
  "PointInTimeRecoverySpecification",
  "SSESpecification",
  "DeletionProtectionEnabled",
  "TableClass",
  "Tags",
];

/** `AWS::DynamoDB::Table` */
export const dynamoDbTable: ResourceMaker = (context, properties) => {
  const input = readTable(context, properties);
  const throughput = properties.optionalObject("ProvisionedThroughput");
  properties.withoutEffect(...accepted, "ContributorInsightsSpecification", "OnDemandThroughput");
  return createTable(context, properties, { ...input, ...(throughput && { ProvisionedThroughput: throughput }) });
};

/** `AWS::DynamoDB::GlobalTable` with its one replica, as CDK's `TableV2` writes it. */
export const dynamoDbGlobalTable: ResourceMaker = (context, properties) => {
  const input = readTable(context, properties);
  const replicas = properties.nestedList("Replicas");
  if (replicas.length !== 1) properties.unsupported("Replicas", "a table has one replica here");
  const region = replicas[0]?.text("Region");
  if (region !== context.region) {
    properties.unsupported("Replicas", `its replica is in ${region}, the embedded AWS in ${context.region}`);
  }
  for (const replica of replicas) replica.withoutEffect(...accepted, "ContributorInsightsSpecification");
  if (input.BillingMode !== "PAY_PER_REQUEST") properties.unsupported("BillingMode", "PAY_PER_REQUEST is");
  properties.withoutEffect("SSESpecification");
  return createTable(context, properties, input);
};

function readTable(context: ResourceContext, properties: PropertyReader): Json {
  const input: Json = {
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
  input: Json,
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
  while (!(await isActive(context, name))) await new Promise((resolve) => setTimeout(resolve, 1));
  if (isNew && isEnabled && attribute !== undefined) {
    const TimeToLiveSpecification = { AttributeName: attribute, Enabled: true };
    await dynamodb.call("UpdateTimeToLive", { TableName: name, TimeToLiveSpecification });
  }
  return { ref: name, attributes: { Arn: tableArn(context, name) }, listed: { as: "tables", name } };
}

async function isActive({ services }: ResourceContext, TableName: string): Promise<boolean> {
  const { Table } = await services.dynamodb.call("DescribeTable", { TableName });
  return (Table as { TableStatus?: string } | undefined)?.TableStatus === "ACTIVE";
}
