import type { DynamoDbJson } from "./dynalite-engine.ts";

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html - of a new table on demand. */
const warmOnDemand = { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000, Status: "ACTIVE" };

/**
 * A table as `DescribeTable` shows it: with the throughput it can take at once, which dynalite does not have. It is what
 * was provisioned, for the table and each of its global indexes.
 */
export function describedTable(table: DynamoDbJson): DynamoDbJson {
  const isOnDemand = (table.BillingModeSummary as DynamoDbJson | undefined)?.BillingMode === "PAY_PER_REQUEST";
  const warm = ({ ProvisionedThroughput }: DynamoDbJson) => {
    const { ReadCapacityUnits, WriteCapacityUnits } = (ProvisionedThroughput ?? {}) as DynamoDbJson;
    return isOnDemand
      ? warmOnDemand
      : { ReadUnitsPerSecond: ReadCapacityUnits, WriteUnitsPerSecond: WriteCapacityUnits, Status: "ACTIVE" };
  };
  const indexes = table.GlobalSecondaryIndexes as readonly DynamoDbJson[] | undefined;
  return {
    ...withWholeId(table),
    ...(indexes && {
      GlobalSecondaryIndexes: indexes.map((index) => ({ ...index, WarmThroughput: warm(index) })),
    }),
    WarmThroughput: warm(table),
  };
}

/** A table as `DeleteTable` shows it: neither its keys nor when it was made. */
export function deletedTable(table: DynamoDbJson): DynamoDbJson {
  const { AttributeDefinitions, KeySchema, CreationDateTime, GlobalSecondaryIndexes, LocalSecondaryIndexes, ...rest } =
    withWholeId(table);
  return { ...rest, DeletionProtectionEnabled: false };
}

/** A table whose `TableId` is a UUID. dynalite's lacks four digits; they are made of the first four. */
export function withWholeId(table: DynamoDbJson): DynamoDbJson {
  const { TableId } = table;
  if (typeof TableId !== "string" || TableId.length !== 32) return table;
  return { ...table, TableId: `${TableId}${TableId.slice(0, 4)}` };
}
