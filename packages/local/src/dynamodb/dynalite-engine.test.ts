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
  while (
    ((await engine.call("DescribeTable", { TableName })).Table as { TableStatus: string }).TableStatus !== "ACTIVE"
  );
  for (const id of ["a", "b", "c"]) await engine.call("PutItem", { TableName, Item: { id: { S: id } } });
  return engine;
}

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
