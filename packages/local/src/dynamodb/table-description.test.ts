import { describe, expect, it } from "vitest";
import { deletedTable, describedTable, withWholeId } from "./table-description.ts";

const provisioned = { ReadCapacityUnits: 5, WriteCapacityUnits: 6, NumberOfDecreasesToday: 0 };
const table = {
  TableName: "a",
  TableId: "f7c77ba3-c5f3-4d67-dadf-edbf2120",
  KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
  AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  CreationDateTime: 1,
  ProvisionedThroughput: provisioned,
  ItemCount: 0,
  TableStatus: "DELETING",
};

// AWS's answers: LocalStack's test_dynamodb.py, test_table_crud and test_gsi_with_billing_mode, recorded 2025-10-08.
describe("a table is described as DynamoDB describes it", () => {
  it("with the throughput it can take at once: what was provisioned, of its global indexes too", () => {
    const index = { IndexName: "i", ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 } };
    expect(describedTable({ ...table, GlobalSecondaryIndexes: [index] })).toMatchObject({
      WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 6, Status: "ACTIVE" },
      GlobalSecondaryIndexes: [
        { ...index, WarmThroughput: { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 2, Status: "ACTIVE" } },
      ],
    });
  });

  it("on demand, with what a new table can take", () => {
    expect(describedTable({ ...table, BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } }).WarmThroughput).toEqual(
      { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000, Status: "ACTIVE" },
    );
  });

  it("when it is deleted, without its keys", () => {
    expect(Object.keys(deletedTable(table)).sort()).toEqual([
      "DeletionProtectionEnabled",
      "ItemCount",
      "ProvisionedThroughput",
      "TableId",
      "TableName",
      "TableStatus",
    ]);
  });

  it("with a UUID as its id", () => {
    const { TableId } = withWholeId(table);
    expect(TableId).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(withWholeId({ TableId }).TableId).toBe(TableId);
  });
});
