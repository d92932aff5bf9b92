import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { expect } from "vitest";

/** A call, and the facts of AWS's answer. */
export interface RecordedDynamoDbCall {
  /** The recording: a test of LocalStack's `tests/aws/services/dynamodb/test_dynamodb.py`, recorded in 2025 and 2026, and its label. */
  readonly recording: string;
  /** @param newName - of a table. */
  call(client: DynamoDBClient, newName: () => string): Promise<unknown>;
  readonly answer: unknown;
}

type Row = readonly [recording: string, call: RecordedDynamoDbCall["call"], answer: unknown];

const refused = (name: string, message: string, more: object = {}) => ({ status: 400, name, message, ...more });
function withoutMetadata<T extends { readonly $metadata: unknown }>({ $metadata, ...rest }: T): Omit<T, "$metadata"> {
  return rest;
}

/** A table with the key `id`, or other settings, that can be used at once. */
async function made(client: DynamoDBClient, newName: () => string, more: Partial<CreateTableCommandInput> = {}) {
  const TableName = newName();
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      ...(more.BillingMode !== "PAY_PER_REQUEST" && {
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
      ...more,
    }),
  );
  while ((await client.send(new DescribeTableCommand({ TableName }))).Table?.TableStatus !== "ACTIVE");
  return { TableName, TableDescription };
}
const keys = (...names: readonly string[]) => ({
  KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? "HASH" : "RANGE" }) as const),
  AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: "S" }) as const),
});
const put = async (client: DynamoDBClient, TableName: string, more: Omit<PutItemCommandInput, "TableName">) =>
  withoutMetadata(await client.send(new PutItemCommand({ TableName, ...more })));
const bytes = (...values: readonly number[]) => new Uint8Array(values);
const text = (value: string) => new TextEncoder().encode(value);

const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const isText = expect.any(String) as string;
const capacity = (units: number) => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: units,
  WriteCapacityUnits: units,
});
const warm = (units: number) => ({ ReadUnitsPerSecond: units, Status: "ACTIVE", WriteUnitsPerSecond: units });
const isTable = (status: string, more: object) => ({
  ...{ DeletionProtectionEnabled: false, ItemCount: 0, ProvisionedThroughput: capacity(5), TableSizeBytes: 0 },
  TableArn: expect.stringMatching(/^arn:aws:dynamodb:[a-z0-9-]+:\d{12}:table\//),
  ...{ TableId: UUID, TableName: isText, TableStatus: status },
  ...more,
});
const KEYS = { ...keys("id"), CreationDateTime: expect.any(Date) as Date };

const tables: readonly Row[] = [
  [
    "test_table_crud, create-table",
    async (client, newName) => (await made(client, newName)).TableDescription,
    isTable("CREATING", KEYS),
  ],
  [
    "test_table_crud, describe-table",
    async (client, newName) => {
      const { TableName } = await made(client, newName);
      return (await client.send(new DescribeTableCommand({ TableName }))).Table;
    },
    isTable("ACTIVE", { ...KEYS, WarmThroughput: warm(5) }),
  ],
  [
    "test_table_crud, delete-table",
    async (client, newName) => {
      const { TableName } = await made(client, newName);
      return (await client.send(new DeleteTableCommand({ TableName }))).TableDescription;
    },
    isTable("DELETING", {}),
  ],
  [
    "test_table_crud, delete-non-existent-table",
    (client) => client.send(new DeleteTableCommand({ TableName: "non-existent" })),
    refused("ResourceNotFoundException", "Requested resource not found: Table: non-existent not found"),
  ],
  ...(["create-table-with-gsi", "describe-table"] as const).map(
    (label): Row => [
      `test_gsi_with_billing_mode[PROVISIONED], ${label}`,
      async (client, newName) => {
        const { TableName, TableDescription } = await made(client, newName, {
          KeySchema: [{ AttributeName: "TID", KeyType: "HASH" }],
          AttributeDefinitions: keys("TID", "TRID").AttributeDefinitions,
          GlobalSecondaryIndexes: [
            {
              IndexName: "TransactionRecordID",
              KeySchema: [{ AttributeName: "TRID", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
              ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
            },
          ],
          BillingMode: "PROVISIONED",
        });
        if (label === "create-table-with-gsi") return TableDescription;
        return (await client.send(new DescribeTableCommand({ TableName }))).Table;
      },
      isTable(isText, {
        KeySchema: [{ AttributeName: "TID", KeyType: "HASH" }],
        AttributeDefinitions: keys("TID", "TRID").AttributeDefinitions,
        CreationDateTime: expect.any(Date),
        GlobalSecondaryIndexes: [
          {
            IndexArn: expect.stringMatching(/:table\/[^/]+\/index\/TransactionRecordID$/),
            ...{ IndexName: "TransactionRecordID", IndexSizeBytes: 0, IndexStatus: isText, ItemCount: 0 },
            KeySchema: [{ AttributeName: "TRID", KeyType: "HASH" }],
            Projection: { ProjectionType: "ALL" },
            ProvisionedThroughput: capacity(1),
            ...(label === "describe-table" && { WarmThroughput: warm(1) }),
          },
        ],
        ...(label === "describe-table" && { WarmThroughput: warm(5) }),
      }),
    ],
  ),
];

const FOOBAR = { id: { S: "id1" }, data: { S: "foobar" } };
const BARFOO = { id: { S: "id1" }, data: { S: "barfoo" } };
const ALL_OLD = { ReturnValues: "ALL_OLD" } as const;
/** Items that are put one after the other; the last answer is compared. */
const returned = (label: string, puts: readonly Omit<PutItemCommandInput, "TableName">[], answer: object): Row => [
  `test_return_values_in_put_item, ${label}`,
  async (client, newName) => {
    const { TableName } = await made(client, newName);
    let last: object = {};
    for (const each of puts) last = await put(client, TableName, each);
    return last;
  },
  answer,
];
const SPORT = { id: { S: "456" }, price: { N: "650" }, product: { S: "sporting goods" } };

const items: readonly Row[] = [
  [
    "test_valid_local_secondary_index",
    async (client, newName) => {
      const { TableName } = await made(client, newName, {
        KeySchema: keys("PK", "SK").KeySchema,
        AttributeDefinitions: [
          ...keys("PK", "SK").AttributeDefinitions,
          { AttributeName: "LSI1SK", AttributeType: "N" },
        ],
        LocalSecondaryIndexes: [
          { IndexName: "LSI1", KeySchema: keys("PK", "LSI1SK").KeySchema, Projection: { ProjectionType: "ALL" } },
        ],
      });
      await put(client, TableName, { Item: { SK: { S: "hello" }, LSI1SK: { N: "123" }, PK: { S: "test one" } } });
      return withoutMetadata(
        await client.send(
          new QueryCommand({
            ...{ TableName, IndexName: "LSI1", KeyConditionExpression: "PK = :v1", Select: "ALL_ATTRIBUTES" },
            ExpressionAttributeValues: { ":v1": { S: "test one" } },
          }),
        ),
      );
    },
    { Count: 1, ScannedCount: 1, Items: [{ LSI1SK: { N: "123" }, PK: { S: "test one" }, SK: { S: "hello" } }] },
  ],
  returned("PutFirstItem", [{ Item: FOOBAR, ...ALL_OLD }], {}),
  returned("PutFirstItemOLD", [{ Item: FOOBAR }, { Item: FOOBAR, ...ALL_OLD }], { Attributes: FOOBAR }),
  returned("PutFirstItemB", [{ Item: FOOBAR }, { Item: BARFOO, ...ALL_OLD }], { Attributes: FOOBAR }),
  returned("PutSecondItem", [{ Item: BARFOO }, { Item: FOOBAR }], {}),
  returned("PutSecondItemReturnNone", [{ Item: FOOBAR }, { Item: FOOBAR, ReturnValues: "NONE" }], {}),
  ...(
    [
      ["PutFirstItem", { S: "" }],
      ["PutSecondItem", { B: bytes(0x90) }],
    ] as const
  ).map(
    ([label, value]): Row => [
      `test_empty_and_binary_values, ${label}`,
      async (client, newName) => {
        const { TableName } = await made(client, newName);
        return put(client, TableName, { Item: { id: { S: "id1" }, data: value } });
      },
      {},
    ],
  ),
  [
    "test_return_values_on_conditions_check_failure",
    async (client, newName) => {
      const { TableName } = await made(client, newName);
      await put(client, TableName, { Item: SPORT });
      return client.send(
        new DeleteItemCommand({
          ...{ TableName, Key: { id: SPORT.id }, ConditionExpression: "price between :lo and :hi" },
          ExpressionAttributeValues: { ":lo": { N: "500" }, ":hi": { N: "600" } },
          ReturnValuesOnConditionCheckFailure: "ALL_OLD",
        }),
      );
    },
    refused("ConditionalCheckFailedException", "The conditional request failed", { Item: SPORT }),
  ],
  ...(["GetItem", "GetItemAfterUpdate"] as const).map(
    (label): Row => [
      `test_data_encoding_consistency, ${label}`,
      async (client, newName) => {
        const { TableName } = await made(client, newName);
        const Key = { id: { S: "id1" } };
        await put(client, TableName, { Item: { ...Key, version: { N: "1" }, data: { B: bytes(0x90) } } });
        if (label === "GetItemAfterUpdate") {
          const update = { UpdateExpression: "SET version=:v", ExpressionAttributeValues: { ":v": { N: "2" } } };
          await client.send(new UpdateItemCommand({ TableName, Key, ...update }));
        }
        return (await client.send(new GetItemCommand({ TableName, Key }))).Item;
      },
      { data: { B: bytes(0x90) }, id: { S: "id1" }, version: { N: label === "GetItem" ? "1" : "2" } },
    ],
  ),
];

const batches: readonly Row[] = [
  [
    "test_batch_write_binary",
    async (client, newName) => {
      const { TableName } = await made(client, newName, { ...keys("PK", "SK"), BillingMode: "PAY_PER_REQUEST" });
      const item = (PK: string, SK: string, B: Uint8Array) => ({
        PutRequest: { Item: { PK: { S: PK }, SK: { S: SK }, data: { B } } },
      });
      const requests = [
        item("hello-1", "user-1", text("test-1")),
        item("hello-2", "user-2", bytes(...text("test "), 0xc0, 0x20, 0xed)),
      ];
      return withoutMetadata(await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } })));
    },
    { UnprocessedItems: {} },
  ],
  [
    "test_batch_write_items",
    async (client, newName) => {
      const { TableName } = await made(client, newName);
      await put(client, TableName, { Item: { id: { S: "Fred" } } });
      const requests = [
        { DeleteRequest: { Key: { id: { S: "Fred" } } } },
        { PutRequest: { Item: { id: { S: "Bob" } } } },
      ];
      return withoutMetadata(await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } })));
    },
    { UnprocessedItems: {} },
  ],
  [
    "test_dynamodb_get_batch_items",
    async (client, newName) => {
      const { TableName } = await made(client, newName, keys("PK"));
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [{ PK: { S: "test-key" } }] } } }),
      );
      return { items: Responses?.[TableName], UnprocessedKeys };
    },
    { items: [], UnprocessedKeys: {} },
  ],
  [
    "test_batch_write_not_matching_schema",
    async (client, newName) => {
      const { TableName } = await made(client, newName, keys("id", "sortKey"));
      const requests = [{ PutRequest: { Item: { nonKey: { S: "hello" } } } }];
      return client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } }));
    },
    refused("ValidationException", "The provided key element does not match the schema"),
  ],
];

/** AWS's answers about tables and items. */
export const recordedDynamoDbCalls: readonly RecordedDynamoDbCall[] = [...tables, ...items, ...batches].map(
  ([name, call, answer]) => ({ recording: `test_dynamodb.py::TestDynamoDB::${name}`, call, answer }),
);
