import { createHash } from "node:crypto";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryWalkRecords } from "../../test/memory-walk-records.ts";
import { dynamodbWalkRecords } from "./dynamodb-walk-records.ts";
import { MAX_ENTRY_BYTES, type SummarySpill } from "./fitting-entry.ts";
import { pointAt } from "./learned-partition.ts";
import type { WalkRecords } from "./walk-records.ts";

let aws: LocalAws;
let client: DynamoDBClient;
const spilled = new Map<string, string>();
const spill: SummarySpill = {
  async put(run, hop, text) {
    const uri = `memory://${run}/${hop}`;
    spilled.set(uri, text);
    return { uri, bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") };
  },
  get: async ({ uri }) => spilled.get(uri) ?? "",
};
const tableName = "walks";
const inDynamoDb = (withSpill = true) => dynamodbWalkRecords({ tableName, client })(withSpill ? { spill } : {});

beforeAll(async () => {
  aws = await startLocalAws();
  client = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  await aws.dynamodb.call("CreateTable", {
    TableName: tableName,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["walk", "part"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "walk", KeyType: "HASH" },
      { AttributeName: "part", KeyType: "RANGE" },
    ],
  });
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

let walks = 0;
const began = { kind: "began" } as const;
const gave = { kind: "gave", ranges: [{ after: "写\u0000", through: null }] } as const;
const done = (summary: string) => ({ kind: "done", ending: { summary, learned: [{ key: "é", keys: 3 }] } }) as const;

describe.each<[string, () => WalkRecords]>([
  ["in DynamoDB", inDynamoDb],
  ["in memory, as the simulations have them", () => new MemoryWalkRecords()],
])("records of a walk %s", (_, make) => {
  async function opened() {
    const records = make();
    const id = `walk-${walks++}`;
    const record = await records.open({ id, bucket: "b", prefix: "a/", startedAtMs: 5 });
    return { records, id, record };
  }

  it("are opened once: whoever opens again finds what is there", async () => {
    const { records, id, record } = await opened();
    expect(record).toEqual({ id, bucket: "b", prefix: "a/", startedAtMs: 5, open: ["0"] });
    expect(await records.open({ id, bucket: "other", prefix: "", startedAtMs: 9 })).toEqual(record);
    expect(await records.get(id)).toEqual(record);
    expect(await records.get("no such walk")).toBeUndefined();
  });

  it("take one entry at each index of a log, for good", async () => {
    const { records, id } = await opened();
    expect(await records.append(id, "0", 0, began)).toBe(true);
    expect(await records.append(id, "0", 1, gave)).toBe(true);
    expect(await records.append(id, "0", 1, began)).toBe(false);
    expect(await records.append(id, "0", 2, done('{"a":1}'))).toBe(true);
    expect(await records.log(id, "0")).toEqual([began, gave, done('{"a":1}')]);
    expect(await records.ending(id, "0", 2)).toEqual(done('{"a":1}').ending);
  });

  it("let one of many win that add at the same index", async () => {
    const { records, id } = await opened();
    const answers = await Promise.all(Array.from({ length: 8 }, () => records.append(id, "0", 0, began)));
    expect(answers.filter((isWritten) => isWritten)).toEqual([true]);
  });

  it("keep the logs of parts apart, however alike their ids, and in order", async () => {
    const { records, id } = await opened();
    for (let index = 0; index < 12; index++) await records.append(id, "0.1", index, index === 3 ? gave : began);
    for (const part of ["0", "0.10", "0.1.3", "0.11"]) await records.append(id, part, 0, began);
    expect((await records.log(id, "0.1")).map(({ kind }) => kind).indexOf("gave")).toBe(3);
    const outlines = await records.outlines(id);
    expect([...outlines.keys()].sort()).toEqual(["0", "0.1", "0.1.3", "0.10", "0.11"]);
    expect(outlines.get("0.1")).toHaveLength(12);
    expect(await records.log(id, "0.2")).toEqual([]);
  });

  it("count no more parts as open than may be, and one that claims again once", async () => {
    const { records, id } = await opened();
    const claims = await Promise.all(["0.1", "0.2", "0.3", "0.4"].map((part) => records.claim(id, part, 3)));
    expect(claims.filter((isClaimed) => isClaimed)).toHaveLength(2);
    const [, first = ""] = (await records.get(id))?.open ?? [];
    expect(await records.claim(id, first, 3)).toBe(true);
    await records.release(id, [first, "never claimed"]);
    await records.release(id, []);
    expect(await records.claim(id, "0.9", 3)).toBe(true);
    expect((await records.get(id))?.open).toHaveLength(3);
  });

  it("tell the result once there is one, whatever it is", async () => {
    const { records, id } = await opened();
    expect(await records.get(id)).not.toHaveProperty("result");
    await records.finish(id, { objects: 3 });
    expect((await records.get(id))?.result).toEqual({ objects: 3 });
  });

  it("keep what was learned under bucket and prefix", async () => {
    const { records } = await opened();
    const hint = { keys: 2, bounds: ["é"] };
    await records.keepHint("b", `${walks}/`, hint);
    expect(await records.hint("b", `${walks}/`)).toEqual(hint);
    expect(await records.hint("b", "")).toBeUndefined();
  });
});

describe("a summary that is too large for an item", () => {
  const large = JSON.stringify("x".repeat(500_000));

  it("stands elsewhere", async () => {
    const records = inDynamoDb();
    await records.append("large", "0", 0, done(large));
    expect(spilled.size).toBe(1);
    expect(await records.ending("large", "0", 0)).toEqual(done(large).ending);
    expect(await records.log("large", "0")).toEqual([done(large)]);
  });

  it.each([
    ["its signs take more room in a record", JSON.stringify('"'.repeat(120_000)), 1, "é"],
    ["what was learned takes much room too", JSON.stringify("x".repeat(250_000)), 256, "\u0001"],
  ])("stands elsewhere where %s", async (_, summary, count, character) => {
    const records = inDynamoDb();
    const learned = Array.from({ length: count }, (_, i) => pointAt(`${i}${character.repeat(1_000)}`, 1));
    const walk = `large-${count}`;
    expect(await records.append(walk, "0", 0, { kind: "done", ending: { summary, learned } })).toBe(true);
    expect(await records.ending(walk, "0", 0)).toEqual({ summary, learned });
  });

  it("is not taken for what was put in its place", async () => {
    const records = inDynamoDb();
    await records.append("changed", "0", 0, done(large));
    spilled.set("memory://changed/0/0", '"forged"');
    await expect(records.ending("changed", "0", 0)).rejects.toMatchObject({ code: "WALK_RECORD" });
  });

  it("is refused where there is no other place", async () => {
    await expect(inDynamoDb(false).append("none", "0", 0, done(large))).rejects.toMatchObject({
      code: "SUMMARY_TOO_LARGE",
    });
  });
});

describe("a gift that is as large as it may be", () => {
  it("fits into a record, under the longest of names", async () => {
    const records = inDynamoDb();
    const walk = "é".repeat(512);
    const range = (length: number) => ({ after: "\u0001".repeat(length), through: null });
    const bytesOf = (value: object) => Buffer.byteLength(JSON.stringify(value));
    const ranges = [];
    for (let bytes = 0; bytes + bytesOf(range(1_024)) <= MAX_ENTRY_BYTES; bytes += bytesOf(range(1_024))) {
      ranges.push(range(1_024));
    }
    const entry = { kind: "gave", ranges } as const;
    expect(await records.append(walk, `0${".12".repeat(300)}`, 0, entry)).toBe(true);
    expect(await records.log(walk, `0${".12".repeat(300)}`)).toEqual([entry]);
  });
});

describe("records in DynamoDB", () => {
  /** Records whose requests are noted, and of which the next one's answer can be lost on its way. */
  function watched() {
    const requests: { readonly name: string; readonly input: Record<string, unknown> }[] = [];
    const lost = { next: false };
    const own = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    own.middlewareStack.add(
      (next, { commandName = "" }) =>
        async (args) => {
          requests.push({ name: commandName, input: args.input as Record<string, unknown> });
          return next(args);
        },
      { step: "initialize" },
    );
    own.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (!lost.next) return answer;
        lost.next = false;
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError", $metadata: {} });
      },
      { step: "deserialize", priority: "high" },
    );
    return { records: dynamodbWalkRecords({ tableName, client: own })(), requests, lost };
  }

  it("know their own entry when the SDK sends it again since its answer was lost", async () => {
    const { records, lost } = watched();
    for (const [index, entry] of [began, gave, done("1")].entries()) {
      lost.next = true;
      expect(await records.append("lost", "0", index, entry)).toBe(true);
      expect(lost.next).toBe(false);
      expect(await records.append("lost", "0", index, entry)).toBe(false);
    }
    expect(await records.log("lost", "0")).toEqual([began, gave, done("1")]);
  });

  it("claim a place once when the SDK asks again since the answer was lost", async () => {
    const { records, lost } = watched();
    await records.open({ id: "lost-claim", bucket: "b", prefix: "", startedAtMs: 0 });
    lost.next = true;
    expect(await records.claim("lost-claim", "0.1", 2)).toBe(true);
    expect((await records.get("lost-claim"))?.open).toEqual(["0", "0.1"]);
  });

  it("are refused where an entry is missing", async () => {
    const records = inDynamoDb();
    await records.open({ id: "damaged", bucket: "b", prefix: "", startedAtMs: 0 });
    await records.append("damaged", "0", 0, began);
    await records.append("damaged", "0", 2, done("1"));
    const damaged = { code: "WALK_RECORD", message: expect.stringContaining("part 0, entry 1") };
    await expect(records.log("damaged", "0")).rejects.toMatchObject(damaged);
    await expect(records.outlines("damaged")).rejects.toMatchObject(damaged);
    await expect(records.ending("damaged", "0", 1)).rejects.toMatchObject(damaged);
  });

  it("are read consistently, and expire 30 days after they were written", async () => {
    const { records, requests } = watched();
    const id = "read";
    await records.open({ id, bucket: "b", prefix: "", startedAtMs: 0 });
    await records.append(id, "0", 0, began);
    await records.append(id, "0", 1, done("1"));
    await records.get(id);
    await records.log(id, "0");
    await records.outlines(id);
    await records.ending(id, "0", 1);
    const reads = requests.filter(({ name }) => /^(GetItem|Query)Command$/.test(name));
    expect(reads).toHaveLength(4);
    expect(reads.filter(({ input }) => input.ConsistentRead !== true)).toEqual([]);
    const written = requests.filter(({ name }) => name === "PutItemCommand");
    const inDays = (Item: unknown) => (Number((Item as { ttl?: { N: string } }).ttl?.N) - Date.now() / 1_000) / 86_400;
    expect(written.map(({ input }) => Math.round(inDays(input.Item)))).toEqual([30, 30, 30]);
  });
});
