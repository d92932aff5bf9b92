import { allServed, harmless, type Inputs, list, map, only, served, structure } from "../gateway/inputs.ts";

const capacity = structure(allServed("ReadCapacityUnits", "WriteCapacityUnits"));
const keySchema = list(structure(allServed("AttributeName", "KeyType")));
const projection = structure(allServed("ProjectionType", "NonKeyAttributes"));
const attributeDefinitions = list(structure(allServed("AttributeName", "AttributeType")));
const tags = list(structure(allServed("Key", "Value")));
const localIndex: Inputs = { IndexName: served, KeySchema: keySchema, Projection: projection };
const condition = map(structure(allServed("ComparisonOperator", "AttributeValueList")));
const noCollections = only(["NONE"], "that is what holds without it");

const expression = allServed("ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues");
const write: Inputs = {
  ...allServed("TableName", "ReturnValues", "ReturnValuesOnConditionCheckFailure", "ReturnConsumedCapacity"),
  ...expression,
  ...allServed("ConditionalOperator"),
  Expected: map(structure(allServed("Value", "Exists", "ComparisonOperator", "AttributeValueList"))),
  ReturnItemCollectionMetrics: noCollections,
};
const search: Inputs = {
  ...allServed("TableName", "IndexName", "Select", "AttributesToGet", "Limit", "ConsistentRead"),
  ...allServed("ConditionalOperator", "ExclusiveStartKey", "ReturnConsumedCapacity"),
  ...allServed("ProjectionExpression", "FilterExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"),
};
const table: Inputs = {
  TableName: served,
  BillingMode: served,
  ProvisionedThroughput: capacity,
  StreamSpecification: structure({ StreamEnabled: only([false], "that is what a table has by default") }),
  SSESpecification: structure({
    Enabled: harmless("AWS's own keys make no difference on one machine"),
    SSEType: harmless("AWS's own keys make no difference on one machine"),
  }),
  TableClass: harmless("it is about prices"),
  DeletionProtectionEnabled: served,
};

/** The one list of what the embedded DynamoDB takes: every operation, by the name that follows `DynamoDB_20120810.`. */
export const dynamoDbInputs: Readonly<Record<string, Inputs>> = {
  GetItem: {
    ...allServed("TableName", "Key", "AttributesToGet", "ConsistentRead", "ReturnConsumedCapacity"),
    ...allServed("ProjectionExpression", "ExpressionAttributeNames"),
  },
  PutItem: { ...write, Item: served },
  DeleteItem: { ...write, Key: served },
  UpdateItem: {
    ...write,
    ...allServed("Key", "UpdateExpression"),
    AttributeUpdates: map(structure(allServed("Value", "Action"))),
  },
  Query: {
    ...search,
    ...allServed("ScanIndexForward", "KeyConditionExpression"),
    KeyConditions: condition,
    QueryFilter: condition,
  },
  Scan: { ...search, ...allServed("TotalSegments", "Segment"), ScanFilter: condition },
  BatchGetItem: {
    ReturnConsumedCapacity: served,
    RequestItems: map(
      structure(
        allServed("Keys", "AttributesToGet", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"),
      ),
    ),
  },
  BatchWriteItem: {
    ReturnConsumedCapacity: served,
    ReturnItemCollectionMetrics: noCollections,
    RequestItems: map(
      list(structure({ PutRequest: structure(allServed("Item")), DeleteRequest: structure(allServed("Key")) })),
    ),
  },
  CreateTable: {
    ...table,
    AttributeDefinitions: attributeDefinitions,
    KeySchema: keySchema,
    LocalSecondaryIndexes: list(structure(localIndex)),
    GlobalSecondaryIndexes: list(structure({ ...localIndex, ProvisionedThroughput: capacity })),
    Tags: tags,
  },
  UpdateTable: {
    ...table,
    // Neither Create nor Delete: dynalite takes them and does nothing.
    GlobalSecondaryIndexUpdates: list(
      structure({ Update: structure({ IndexName: served, ProvisionedThroughput: capacity }) }),
    ),
  },
  DeleteTable: allServed("TableName"),
  DescribeTable: allServed("TableName"),
  ListTables: allServed("ExclusiveStartTableName", "Limit"),
  TagResource: { ResourceArn: served, Tags: tags },
  UntagResource: allServed("ResourceArn", "TagKeys"),
  ListTagsOfResource: allServed("ResourceArn"),
  UpdateTimeToLive: { TableName: served, TimeToLiveSpecification: structure(allServed("AttributeName", "Enabled")) },
  DescribeTimeToLive: allServed("TableName"),
};
