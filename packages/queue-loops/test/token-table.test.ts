import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restartLoops } from "../src/fleet/restart-loops.ts";
import { dynamodbTokenTable } from "../src/tokens/dynamodb-token-table.ts";
import type { TokenTable } from "../src/tokens/token-table.ts";
import { memoryTokenTable } from "./memory-token-table.ts";

const TableName = "tokens";
let aws: LocalAws;
let client: DynamoDBClient;
let table: TokenTable;
const calls = (action: string) =>
  aws.calls.list().reduce((sum, call) => (call.action === action ? sum + call.count : sum), 0);

beforeAll(async () => {
  aws = await startLocalAws();
  client = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "queue_url", KeyType: "HASH" },
        { AttributeName: "token", KeyType: "RANGE" },
      ],
      AttributeDefinitions: ["queue_url", "token"].map((AttributeName) => ({
        AttributeName,
        AttributeType: "S" as const,
      })),
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName });
  table = dynamodbTokenTable(client, TableName);
});
afterAll(async () => {
  client.destroy();
  await aws.stop();
});

describe("[S4.2] [S4.3] the table on DynamoDB answers as the protocol does", () => {
  const small = (max: number) => fc.integer({ min: 0, max });
  const step = fc.record({
    what: fc.constantFrom(
      "claim",
      "claim",
      "beat",
      "beat",
      "reopen",
      "takeOver",
      "add",
      "end",
      "get",
      "putFleet",
      "ofQueue",
    ),
    token: fc.constantFrom("a", "b"),
    loop: small(2),
    hop: small(2),
    owner: small(2),
    version: fc.integer({ min: 1, max: 3 }),
    isSeenNow: fc.boolean(),
    behindMs: fc.constantFrom(0, 0, 0, 5, 50),
  });
  let queues = 0;

  it("to any writes in any order, each made by one call", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const memory = memoryTokenTable();
        const queueUrl = `queue-${++queues}`;
        const [first] = [
          await memory.add({ queueUrl, token: "a" }, "0", 1),
          await table.add({ queueUrl, token: "a" }, "0", 1),
        ];
        expect(first).toBe(true);
        for (const [at, { what, token, loop, hop, owner, version, isSeenNow, behindMs }] of steps.entries()) {
          // Clocks of different machines: now and then a write is made by one that is behind.
          const nowMs = 100 + at - behindMs;
          const key = { queueUrl, token };
          const place = { ...key, loopId: String(loop), hop, owner: String(owner) };
          const row = isSeenNow ? await memory.get(key) : undefined;
          const seen = row ?? {
            ...key,
            loopId: String(loop),
            lastUsedMs: hop === 0 ? undefined : nowMs - 1,
            restarts: 0,
          };
          const fleet = {
            queueUrl,
            desired: hop,
            version,
            writer: String(owner),
            grownAtMs: { alarm: nowMs },
            brought: { alarm: loop },
            idleSinceMs: 0,
            isStopped: loop === 0,
            applied: { alarm: String(at) },
          };
          const ask = (which: TokenTable): Promise<unknown> => {
            switch (what) {
              case "claim":
                return which.claim(place, nowMs);
              case "beat":
                return which.beat(place, nowMs, isSeenNow ? "{}" : undefined);
              case "reopen":
                return which.reopen(place);
              case "takeOver":
                return which.takeOver(seen, `${loop}${at}`, nowMs);
              case "add":
                return which.add(key, String(loop), nowMs);
              case "end":
                return which.end(key, nowMs);
              case "get":
                return which.get(key);
              case "putFleet":
                return which.putFleet(fleet);
              default:
                return which.ofQueue(queueUrl).then(({ tokens, fleet }) => ({
                  fleet,
                  tokens: tokens.toSorted((a, b) => (a.token < b.token ? -1 : 1)),
                }));
            }
          };
          const before = calls("dynamodb:UpdateItem") + calls("dynamodb:GetItem") + calls("dynamodb:Query");
          expect(await ask(table), `step ${at}: ${what}`).toEqual(await ask(memory));
          expect(calls("dynamodb:UpdateItem") + calls("dynamodb:GetItem") + calls("dynamodb:Query") - before).toBe(1);
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe("[S4.2] [S4.3] [S4.5] one after the other", () => {
  it("a claim, a heartbeat by a clock that is behind, a takeover that is too late, and one that is not", async () => {
    const key = { queueUrl: "sequence", token: "a" };
    const place = { ...key, loopId: "l", hop: 0, owner: "o" };
    const memory = memoryTokenTable();
    for (const which of [memory, table]) {
      await which.add(key, "l", 1);
      await which.claim(place, 9_000);
      const seen = await which.get(key);
      expect(await which.beat(place, 8_000, "{}")).toMatchObject({ ok: true, row: { lastUsedMs: 8_000, stats: "{}" } });
      if (!seen) throw new Error("no row");
      expect(await which.takeOver(seen, "m", 90_000)).toMatchObject({ ok: false, refusal: "duplicate" });
      expect(await which.takeOver({ ...seen, lastUsedMs: 8_000 }, "m", 90_000)).toMatchObject({ ok: true });
      expect(await which.beat(place, 91_000)).toMatchObject({ ok: false, refusal: "other-loop" });
    }
    expect(await table.get(key)).toEqual(await memory.get(key));
  });

  it("an ended token is kept for a day, and then forgotten by its time to live", async () => {
    const key = { queueUrl: "ended", token: "a" };
    await table.add(key, "l", 1);
    await table.end(key, 1_800_000_000_001);
    const Key = { queue_url: { S: key.queueUrl }, token: { S: key.token } };
    const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
    expect(Item?.ttl).toEqual({ N: String(1_800_000_001 + 86_400) });
    expect(Item?.state).toEqual({ S: "ended" });
  });

  it("each read of it is consistent", async () => {
    const reads: unknown[] = [];
    const watched = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    watched.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          const { ConsistentRead } = args.input as { ConsistentRead?: boolean };
          reads.push([commandName, ConsistentRead]);
          return next(args);
        },
      { step: "initialize" },
    );
    const read = dynamodbTokenTable(watched, TableName);
    await read.get({ queueUrl: "ended", token: "a" });
    await read.ofQueue("ended");
    for await (const _ of read.pages()) break;
    watched.destroy();
    expect(reads).toEqual([
      ["GetItemCommand", true],
      ["QueryCommand", true],
      ["ScanCommand", true],
    ]);
  });
});

describe("[S4.4] the sweep reads the whole table", () => {
  it("10,000 tokens on several pages, and finds each stale one", async () => {
    const nowMs = 1_800_000_000_000;
    const stale = new Set<string>();
    const puts = Array.from({ length: 10_000 }, (_, at) => {
      const token = `token-${String(at).padStart(5, "0")}`;
      const isUnused = at % 499 === 0;
      const isSilent = at % 251 === 7;
      if (isUnused || isSilent) stale.add(token);
      const text = (S: string) => ({ S });
      const number = (N: number) => ({ N: String(N) });
      return {
        PutRequest: {
          Item: {
            queue_url: text("many"),
            token: text(token),
            loop_id: text(`loop-${at}`),
            hop: number(3),
            state: text("running"),
            started_at: number(1),
            restarts: number(0),
            stats: text("x".repeat(150)),
            ...(isUnused ? {} : { last_used: number(isSilent ? nowMs - 60_001 : nowMs - 59_000) }),
          },
        },
      };
    });
    const batches = Array.from({ length: 400 }, (_, at) => puts.slice(at * 25, at * 25 + 25));
    const write = async () => {
      for (let batch = batches.pop(); batch; batch = batches.pop()) {
        await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: batch } }));
      }
    };
    await Promise.all(Array.from({ length: 8 }, write));
    const started: string[] = [];
    let ids = 0;
    const scans = calls("dynamodb:Scan");
    const report = await restartLoops(
      {
        table,
        now: () => nowMs,
        newId: () => `new-${++ids}`,
        async startLoop({ token }) {
          started.push(token);
          return true;
        },
      },
      {
        staleAfterMs: 60_000,
        idleAfterMs: 1,
        depthOf: async () => 1,
        limitsOf: (queueUrl) =>
          queueUrl === "many" ? { minLoops: 1, maxLoops: 9, growBy: 1, cooldownMs: 0 } : undefined,
        onError: (error) => {
          throw error;
        },
      },
    );
    expect(calls("dynamodb:Scan") - scans).toBeGreaterThan(2);
    expect(report).toMatchObject({ stale: stale.size, restarted: stale.size });
    expect(started.sort()).toEqual([...stale].sort());
  });
});
