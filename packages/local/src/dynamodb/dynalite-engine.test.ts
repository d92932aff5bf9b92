import { describe, expect, it } from "vitest";
import { createDynaliteEngine } from "./dynalite-engine.ts";

const TableName = "runs";

async function engineWithTable() {
  const engine = createDynaliteEngine({ region: "us-east-1", accountId: "000000000000" });
  await engine.call("CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  });
  for (const id of ["a", "b", "c"]) await engine.call("PutItem", { TableName, Item: { id: { S: id } } });
  return engine;
}

describe("a table", () => {
  const statusOf = async (engine: Awaited<ReturnType<typeof engineWithTable>>) =>
    ((await engine.call("DescribeTable", { TableName })).Table as { TableStatus: string }).TableStatus;

  it("is usable, changed or gone as soon as that is answered, which tells what it was then", async () => {
    for (let round = 0; round < 20; round++) {
      const engine = await engineWithTable();
      expect(await statusOf(engine)).toBe("ACTIVE");
      const ProvisionedThroughput = { ReadCapacityUnits: 1, WriteCapacityUnits: 1 };
      await engine.call("UpdateTable", { TableName, BillingMode: "PROVISIONED", ProvisionedThroughput });
      expect(await statusOf(engine)).toBe("ACTIVE");
      const { TableDescription } = await engine.call("DeleteTable", { TableName });
      expect(TableDescription).toMatchObject({ TableStatus: "DELETING" });
      await expect(statusOf(engine)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
      await engine.close();
    }
  });
});

describe("an engine that is closed", () => {
  it.each([0, 1, 2, 3])("first answers what it was asked, however far it had come: %i turns", async (turns) => {
    const engine = await engineWithTable();
    const scans = Array.from({ length: 4 }, () => engine.call("Scan", { TableName }));
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    await engine.close();
    for (const { Items } of await Promise.all(scans)) expect(Items).toHaveLength(3);
  });

  it("takes no more calls", async () => {
    const engine = await engineWithTable();
    const closing = engine.close();
    await expect(engine.call("Scan", { TableName })).rejects.toMatchObject({ code: "ServiceUnavailable" });
    await closing;
    await expect(engine.call("Scan", { TableName })).rejects.toMatchObject({ code: "ServiceUnavailable" });
  });
});
