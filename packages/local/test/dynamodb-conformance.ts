import assert from "node:assert/strict";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type ScanCommandOutput,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";

/** One thing AWS's DynamoDB does, checked with the SDK against any endpoint. Each case makes tables of its own. */
export interface DynamoDbCase {
  readonly name: string;
  run(client: DynamoDBClient): Promise<void>;
}

let tables = 0;

async function newTable(client: DynamoDBClient, hasSortKey = false): Promise<string> {
  tables += 1;
  const TableName = `conformance-${process.pid}-${tables}`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "id", KeyType: "HASH" },
        ...(hasSortKey ? [{ AttributeName: "sort", KeyType: "RANGE" as const }] : []),
      ],
      AttributeDefinitions: [
        { AttributeName: "id", AttributeType: "S" },
        ...(hasSortKey ? [{ AttributeName: "sort", AttributeType: "N" as const }] : []),
      ],
    }),
  );
  for (;;) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableStatus === "ACTIVE") return TableName;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const failedCheck = (error: unknown) => error instanceof ConditionalCheckFailedException;

export const dynamoDbCases: readonly DynamoDbCase[] = [
  {
    name: "a put that must be the first refuses the second",
    async run(client) {
      const TableName = await newTable(client);
      const put = () =>
        client.send(
          new PutItemCommand({
            TableName,
            Item: { id: { S: "run" } },
            ConditionExpression: "attribute_not_exists(id)",
          }),
        );
      await put();
      await assert.rejects(put, failedCheck);
    },
  },
  {
    name: "of 20 racing optimistic updates one wins",
    async run(client) {
      const TableName = await newTable(client);
      await client.send(new PutItemCommand({ TableName, Item: { id: { S: "run" }, hop: { N: "0" } } }));
      const results = await Promise.allSettled(
        Array.from({ length: 20 }, (_, index) =>
          client.send(
            new UpdateItemCommand({
              TableName,
              Key: { id: { S: "run" } },
              UpdateExpression: "SET hop = :one, #owner = :owner",
              ConditionExpression: "hop = :zero",
              ExpressionAttributeNames: { "#owner": "owner" },
              ExpressionAttributeValues: { ":one": { N: "1" }, ":zero": { N: "0" }, ":owner": { S: `${index}` } },
            }),
          ),
        ),
      );
      assert.equal(results.filter(({ status }) => status === "fulfilled").length, 1);
    },
  },
  {
    name: "50 racing additions add up",
    async run(client) {
      const TableName = await newTable(client);
      const add = () =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key: { id: { S: "run" } },
            UpdateExpression: "ADD records :n",
            ExpressionAttributeValues: { ":n": { N: "3" } },
          }),
        );
      await Promise.all(Array.from({ length: 50 }, add));
      const { Item } = await client.send(new GetItemCommand({ TableName, Key: { id: { S: "run" } } }));
      assert.equal(Item?.records?.N, "150");
    },
  },
  {
    name: "a failed condition returns the old item if asked, for put, update and delete",
    async run(client) {
      const TableName = await newTable(client);
      const Item = { id: { S: "run" }, owner: { S: "me" }, state: { M: { position: { N: "7" } } } };
      await client.send(new PutItemCommand({ TableName, Item }));
      const Key = { id: Item.id };
      const condition = {
        TableName,
        ConditionExpression: "#owner = :you",
        ExpressionAttributeNames: { "#owner": "owner" },
        ExpressionAttributeValues: { ":you": { S: "you" } },
        ReturnValuesOnConditionCheckFailure: "ALL_OLD" as const,
      };
      const tries = [
        () => client.send(new PutItemCommand({ ...condition, Item: { id: Item.id } })),
        () => client.send(new UpdateItemCommand({ ...condition, Key, UpdateExpression: "REMOVE #owner" })),
        () => client.send(new DeleteItemCommand({ ...condition, Key })),
      ];
      for (const run of tries) {
        await assert.rejects(run, (error: unknown) => {
          assert.ok(error instanceof ConditionalCheckFailedException);
          assert.deepEqual(error.Item, Item);
          return true;
        });
      }
    },
  },
  {
    name: "a failed condition on an item that does not exist returns none",
    async run(client) {
      const TableName = await newTable(client);
      const update = client.send(
        new UpdateItemCommand({
          TableName,
          Key: { id: { S: "none" } },
          UpdateExpression: "SET a = :a",
          ConditionExpression: "attribute_exists(id)",
          ExpressionAttributeValues: { ":a": { N: "1" } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
      await assert.rejects(update, (error: unknown) => {
        assert.ok(error instanceof ConditionalCheckFailedException);
        assert.equal(error.Item, undefined);
        return true;
      });
    },
  },
  {
    name: "an update returns the new item or the old one, as asked",
    async run(client) {
      const TableName = await newTable(client);
      const Key = { id: { S: "run" } };
      const set = (value: string, ReturnValues: "ALL_NEW" | "ALL_OLD" | "UPDATED_NEW") =>
        client.send(
          new UpdateItemCommand({
            TableName,
            Key,
            UpdateExpression: "SET a = :a",
            ExpressionAttributeValues: { ":a": { S: value } },
            ReturnValues,
          }),
        );
      assert.deepEqual((await set("1", "ALL_NEW")).Attributes, { ...Key, a: { S: "1" } });
      assert.deepEqual((await set("2", "ALL_OLD")).Attributes, { ...Key, a: { S: "1" } });
      assert.deepEqual((await set("3", "UPDATED_NEW")).Attributes, { a: { S: "3" } });
    },
  },
  {
    name: "values of every type come back as they were put, emoji and binary too",
    async run(client) {
      const TableName = await newTable(client);
      const Item = {
        id: { S: "in/🚀.json" },
        binary: { B: Uint8Array.of(0, 128, 255) },
        list: { L: [{ N: "1.5" }, { NULL: true as const }, { BOOL: false }] },
        map: { M: { deep: { M: { er: { S: "ü" } } } } },
        names: { SS: ["a", "b"] },
      };
      await client.send(new PutItemCommand({ TableName, Item }));
      const got = await client.send(new GetItemCommand({ TableName, Key: { id: Item.id }, ConsistentRead: true }));
      assert.deepEqual(got.Item, Item);
    },
  },
  {
    name: "a query returns a range in order, forwards, backwards and in pages",
    async run(client) {
      const TableName = await newTable(client, true);
      for (const sort of [5, 1, 4, 2, 3]) {
        await client.send(new PutItemCommand({ TableName, Item: { id: { S: "a" }, sort: { N: `${sort}` } } }));
      }
      const query = async (more: object) => {
        const answer = await client.send(
          new QueryCommand({
            TableName,
            KeyConditionExpression: "id = :id AND sort BETWEEN :low AND :high",
            ExpressionAttributeValues: { ":id": { S: "a" }, ":low": { N: "2" }, ":high": { N: "5" } },
            ConsistentRead: true,
            ...more,
          }),
        );
        return { numbers: answer.Items?.map(({ sort }) => Number(sort?.N)), last: answer.LastEvaluatedKey };
      };
      assert.deepEqual((await query({})).numbers, [2, 3, 4, 5]);
      assert.deepEqual((await query({ ScanIndexForward: false })).numbers, [5, 4, 3, 2]);
      const first = await query({ Limit: 3 });
      assert.deepEqual(first.numbers, [2, 3, 4]);
      assert.deepEqual((await query({ ExclusiveStartKey: first.last })).numbers, [5]);
    },
  },
  {
    name: "a paged scan meets every item once; pages end at 1 MB",
    async run(client) {
      const TableName = await newTable(client);
      const filler = { S: "x".repeat(100_000) };
      const ids = Array.from({ length: 15 }, (_, index) => `item-${index}`);
      for (const id of ids) await client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, filler } }));
      const seen: string[] = [];
      let pages = 0;
      let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
      do {
        const page: ScanCommandOutput = await client.send(
          new ScanCommand({ TableName, ExclusiveStartKey, ConsistentRead: true }),
        );
        seen.push(...(page.Items ?? []).map(({ id }) => id?.S ?? ""));
        ExclusiveStartKey = page.LastEvaluatedKey;
        pages += 1;
      } while (ExclusiveStartKey);
      assert.deepEqual(seen.sort(), ids.sort());
      assert.ok(pages >= 2);
    },
  },
  {
    name: "batches are written, deleted and read",
    async run(client) {
      const TableName = await newTable(client);
      const keys = Array.from({ length: 25 }, (_, index) => ({ id: { S: `${index}` } }));
      const write = (requests: object[]) =>
        client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
      const written = await write(keys.map((Item) => ({ PutRequest: { Item } })));
      assert.deepEqual(written.UnprocessedItems ?? {}, {});
      await write(keys.slice(5).map((Key) => ({ DeleteRequest: { Key } })));
      const got = await client.send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } } }),
      );
      assert.equal(got.Responses?.[TableName]?.length, 5);
    },
  },
  {
    name: "time to live is set, described, and refused twice",
    async run(client) {
      const TableName = await newTable(client);
      const describe = async () =>
        (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;
      assert.equal((await describe())?.TimeToLiveStatus, "DISABLED");
      const enable = () =>
        client.send(
          new UpdateTimeToLiveCommand({
            TableName,
            TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true },
          }),
        );
      await enable();
      assert.equal((await describe())?.AttributeName, "ttl");
      await assert.rejects(enable, { name: "ValidationException" });
    },
  },
  {
    name: "a missing table, a missing key and a broken expression are told apart",
    async run(client) {
      const TableName = await newTable(client);
      const Key = { id: { S: "a" } };
      await assert.rejects(client.send(new GetItemCommand({ TableName: "no-such-table", Key })), {
        name: "ResourceNotFoundException",
      });
      await assert.rejects(client.send(new PutItemCommand({ TableName, Item: { other: { S: "a" } } })), {
        name: "ValidationException",
      });
      await assert.rejects(client.send(new UpdateItemCommand({ TableName, Key, UpdateExpression: "SET oops" })), {
        name: "ValidationException",
      });
    },
  },
  {
    name: "an item of more than 400 KB is refused",
    async run(client) {
      const TableName = await newTable(client);
      const put = client.send(
        new PutItemCommand({ TableName, Item: { id: { S: "a" }, state: { S: "x".repeat(401 * 1024) } } }),
      );
      await assert.rejects(put, { name: "ValidationException" });
    },
  },
];
