import { createRequire } from "node:module";
import { describe, expect, it, vi } from "vitest";
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

describe("an engine that works on", () => {
  it("closes what each query and scan iterates over, also one that ended early: open, it would keep all items of its time", async () => {
    const engine = await engineWithTable();
    const dynalite = createRequire(createRequire(import.meta.url).resolve("dynalite/db/index.js"));
    const level: { attachResource(): void; detachResource(): void } =
      dynalite("abstract-level").AbstractLevel.prototype;
    const opened = vi.spyOn(level, "attachResource");
    const closed = vi.spyOn(level, "detachResource");
    const key = { KeyConditionExpression: "id = :id", ExpressionAttributeValues: { ":id": { S: "a" } } };
    await engine.call("Query", { TableName, ...key });
    await engine.call("Scan", { TableName, Limit: 1 });
    await engine.call("Scan", { TableName });
    expect(opened).toHaveBeenCalledTimes(3);
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(3));
    await engine.close();
  });
});
