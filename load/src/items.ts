import { isDeepStrictEqual } from "node:util";
import { BatchWriteItemCommand, DeleteItemCommand, type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";

/** The clients with which items are put and looked at, from outside. */
export interface Clients {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
}

type Outputs = Readonly<Record<string, string>>;

/** A kind of items: puts one, finds out whether its result is exact, and removes all of it, so that nothing piles up. */
export interface ItemKind {
  /** Folder of the app in `packages`. */
  readonly app: string;
  put(clients: Clients, outputs: Outputs, name: string): Promise<void>;
  /** Answers with the fault of the result; `undefined` if it is exact. */
  faultOf(clients: Clients, outputs: Outputs, name: string, run: string): Promise<string | undefined>;
  /** Loses a part of the result, for the planted fault. */
  lose(clients: Clients, outputs: Outputs, name: string, run: string): Promise<void>;
  /** Removes the item with its result and the record of its run. */
  remove(clients: Clients, outputs: Outputs, name: string, run: string): Promise<void>;
}

/** At most 25, so that one request deletes them. */
const RECORDS = 20;

const recordsOf = (name: string) =>
  Array.from({ length: RECORDS }, (_, id) => ({ id, name, text: `${name} ${id}`.repeat(5) }));
const linesOf = (name: string) =>
  recordsOf(name)
    .map((record) => `${JSON.stringify(record)}\n`)
    .join("");
const sourceOf = (name: string) => `in/${name}.ndjson`;

/** A file whose records go through S3, SNS, SQS and a function into a table. */
export const file: ItemKind = {
  app: "sqs-file",
  async put({ s3 }, { BucketName: Bucket }, name) {
    await s3.send(new PutObjectCommand({ Bucket, Key: sourceOf(name), Body: linesOf(name) }));
  },
  async faultOf({ dynamodb }, outputs, name, run) {
    const { Items = [] } = await dynamodb.send(new QueryCommand(partition(outputs, run)));
    const stored = Items.map(({ data }) => JSON.parse(data?.S ?? "null"));
    return isDeepStrictEqual(stored, recordsOf(name))
      ? undefined
      : `${Items.length} of ${RECORDS} records in the table`;
  },
  async lose(clients, outputs, _, run) {
    const [key] = await keysOf(clients, outputs, run);
    if (key) await clients.dynamodb.send(new DeleteItemCommand({ TableName: outputs.RecordsTableName, Key: key }));
  },
  async remove(clients, outputs, name, run) {
    const { s3, dynamodb } = clients;
    const { BucketName: Bucket, RecordsTableName = "", RunTableName } = outputs;
    const deletes = (await keysOf(clients, outputs, run)).map((Key) => ({ DeleteRequest: { Key } }));
    if (deletes.length > 0) {
      await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [RecordsTableName]: deletes } }));
    }
    await s3.send(new DeleteObjectCommand({ Bucket, Key: sourceOf(name) }));
    await dynamodb.send(new DeleteItemCommand({ TableName: RunTableName, Key: { run: { S: run } } }));
  },
};

/** An object that is transformed into another, by a run that its upload begins. */
export const object: ItemKind = {
  app: "s3-batch",
  async put({ s3 }, { SourceBucketName: Bucket }, name) {
    await s3.send(new PutObjectCommand({ Bucket, Key: sourceOf(name), Body: linesOf(name) }));
  },
  async faultOf({ s3 }, outputs, name) {
    try {
      const { Body } = await s3.send(new GetObjectCommand(resultOf(outputs, name)));
      return (await Body?.transformToString()) === linesOf(name) ? undefined : "the result has other bytes";
    } catch (error) {
      return `the result: ${(error as Error).name}`;
    }
  },
  async lose({ s3 }, outputs, name) {
    await s3.send(new DeleteObjectCommand(resultOf(outputs, name)));
  },
  async remove({ s3, dynamodb }, outputs, name, run) {
    const { SourceBucketName: Bucket, RunTableName } = outputs;
    await s3.send(new DeleteObjectCommand({ Bucket, Key: sourceOf(name) }));
    await s3.send(new DeleteObjectCommand(resultOf(outputs, name)));
    await dynamodb.send(new DeleteItemCommand({ TableName: RunTableName, Key: { run: { S: run } } }));
  },
};

function resultOf({ OutputBucketName: Bucket }: Outputs, name: string) {
  return { Bucket, Key: `out/${name}.ndjson.ndjson` };
}

/** The records of a file, which are stored under the id of its run. */
function partition({ RecordsTableName: TableName }: Outputs, run: string) {
  return {
    TableName,
    KeyConditionExpression: "#file = :file",
    ExpressionAttributeNames: { "#file": "file" },
    ExpressionAttributeValues: { ":file": { S: run } },
    ConsistentRead: true,
  };
}

async function keysOf({ dynamodb }: Clients, outputs: Outputs, run: string) {
  const { Items = [] } = await dynamodb.send(new QueryCommand(partition(outputs, run)));
  return Items.map(({ file, record }) => ({ file: file ?? { S: "" }, record: record ?? { N: "0" } }));
}
