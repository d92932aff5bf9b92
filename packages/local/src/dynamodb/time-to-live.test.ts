import { afterEach, describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import { createDynamoDb, type DynamoDbService } from "./dynamodb.ts";

const startSeconds = 1_800_000_000;
let service: DynamoDbService | undefined;
afterEach(() => service?.stop?.());

async function setUp() {
  const clock = createManualClock(startSeconds * 1000);
  const db = createDynamoDb({ region: "us-east-1", accountId: "000000000000", clock });
  service = db;
  const TableName = "runs";
  await db.call("CreateTable", {
    TableName,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
  });
  await db.call("UpdateTimeToLive", { TableName, TimeToLiveSpecification: { AttributeName: "ttl", Enabled: true } });
  const put = (id: string, ttl?: object) =>
    db.call("PutItem", { TableName, Item: { id: { S: id }, ...(ttl && { ttl }) } });
  const ids = async () =>
    ((await db.call("Scan", { TableName })).Items as { id: { S: string } }[]).map(({ id }) => id.S).sort();
  return { clock, db, put, ids };
}

describe("time to live", () => {
  it("deletes items whose second has come, and no others", async () => {
    const { clock, db, put, ids } = await setUp();
    await put("due", { N: String(startSeconds + 60) });
    await put("later", { N: String(startSeconds + 61) });
    await put("never");
    await put("a text is no time", { S: String(startSeconds) });
    await put("longer ago than five years", { N: String(startSeconds - 6 * 365 * 24 * 3600) });
    expect(await db.timeToLive.sweep()).toBe(0);
    clock.advance(60_000);
    await db.timeToLive.sweep();
    expect(await ids()).toEqual(["a text is no time", "later", "longer ago than five years", "never"]);
  });

  it("runs by itself", async () => {
    const { clock, put, ids } = await setUp();
    await put("due", { N: String(startSeconds) });
    clock.advance(10_000);
    while ((await ids()).length > 0);
  });
});
