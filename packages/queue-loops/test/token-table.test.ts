import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
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
        for (const [at, { what, token, loop, hop, owner, version, isSeenNow }] of steps.entries()) {
          const nowMs = at + 2;
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
        minLoops: (queueUrl) => (queueUrl === "many" ? 1 : undefined),
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
