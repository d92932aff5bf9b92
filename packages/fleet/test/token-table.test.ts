import { randomUUID } from "node:crypto";
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { storeCases } from "@longhaul/core/store/conformance";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FleetRow } from "../src/size/fleet-row.ts";
import { restartLoops } from "../src/size/restart-loops.ts";
import { dynamodbTokenTable } from "../src/tokens/dynamodb-token-table.ts";
import { tokenItem } from "../src/tokens/token-item.ts";
import { endRow, newRow, runOf, type TokenRow, takeOver } from "../src/tokens/token-row.ts";
import { tokenRunStore } from "../src/tokens/token-run-store.ts";
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

const loop = (loopId: string, nowMs: number) => ({ loopId, target: "loops", nowMs });

describe("[S4.2] [S4.3] the table on DynamoDB is a store of runs that conforms", () => {
  it.each(storeCases)("$name", ({ run }) =>
    run(() => {
      const queueUrl = `queue-${randomUUID()}`;
      return { store: tokenRunStore(table), runId: (token) => runOf({ queueUrl, token, loopId: "l" }) };
    }),
  );
});

describe("[S4.2] [S4.3] the table on DynamoDB answers as the one in memory does", () => {
  const step = fc.record({
    what: fc.constantFrom("new", "write", "write", "old write", "end", "take over", "get", "fleet", "old fleet", "all"),
    token: fc.constantFrom("a", "b"),
  });

  it("to any writes in any order, each made by one call", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const queueUrl = `queue-${randomUUID()}`;
        const made = await Promise.all(
          [memoryTokenTable(), table].map(async (which) => {
            const answers: unknown[] = [];
            const before = callsOfTable();
            let first: TokenRow | undefined;
            let firstFleet: FleetRow | undefined;
            for (const [at, { what, token }] of steps.entries()) {
              const { fleet = FLEET, tokens } = await which.ofQueue(queueUrl);
              const row = tokens.find((each) => each.token === token) ?? newRow({ queueUrl, token }, loop("0", at));
              const record = { ...row.record, heartbeatAtMs: at };
              if (row.rev !== "") first ??= row;
              if (fleet.rev !== "") firstFleet ??= fleet;
              const put = (next: TokenRow) => which.put(next);
              const answer = {
                new: () => put(newRow({ queueUrl, token }, loop(`new-${at}`, at))),
                write: () => put({ ...row, record }),
                "old write": () => put(first ?? row),
                end: () => put(endRow(row, at)),
                "take over": () => put(takeOver(row, loop(`${at}`, at))),
                get: () => which.get({ queueUrl, token }),
                fleet: () => which.putFleet({ ...fleet, queueUrl, desired: at, version: fleet.version + 1 }),
                "old fleet": () => which.putFleet({ ...(firstFleet ?? fleet), queueUrl }),
                all: () => which.ofQueue(queueUrl),
              }[what];
              answers.push(withoutRevs(await answer()));
            }
            return { answers, calls: callsOfTable() - before };
          }),
        );
        expect(made[1]?.answers).toEqual(made[0]?.answers);
        expect(made[1]?.calls).toBe(2 * steps.length);
      }),
      { numRuns: 25 },
    );
  });
});

/** All calls to the table so far. */
function callsOfTable(): number {
  return ["PutItem", "GetItem", "Query", "Scan"].reduce((sum, name) => sum + calls(`dynamodb:${name}`), 0);
}

const FLEET: FleetRow = {
  queueUrl: "",
  desired: 0,
  version: 0,
  rev: "",
  grownAtMs: { alarm: 1 },
  brought: { alarm: 2 },
  idleSinceMs: 0,
  missingSinceMs: 0,
  isStopped: false,
  applied: { alarm: "2026-11-21T10:00:00.000Z" },
};

/** An answer as both tables give it: ids of writes are random, and rows come in any order. */
function withoutRevs(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer ?? null), (name, value) => {
    if (name === "rev") return value === "" ? "" : "some";
    return name === "tokens" ? value.toSorted((a: TokenRow, b: TokenRow) => (a.token < b.token ? -1 : 1)) : value;
  });
}

describe("[S4.2] one after the other", () => {
  it("a write whose answer was lost is recognised when it is made again", async () => {
    const key = { queueUrl: `lost-${randomUUID()}`, token: "a" };
    const flaky = new DynamoDBClient({ endpoint: aws.url, region: aws.region, credentials: outsideCredentials });
    let lost = 1;
    flaky.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (lost-- > 0) throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
        return answer;
      },
      { step: "initialize" },
    );
    const answer = await dynamodbTokenTable(flaky, TableName).put(newRow(key, loop("l", 1)));
    flaky.destroy();
    expect(answer).toMatchObject({ ok: true });
    expect(await table.get(key)).toEqual(answer.row);
  });

  it("an ended token is kept for a day, and then forgotten by its time to live", async () => {
    const key = { queueUrl: "ended", token: "a" };
    const { row } = await table.put(newRow(key, loop("l", 1)));
    await table.put(endRow(row as TokenRow, 1_800_000_000_001));
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
      const row = newRow({ queueUrl: "many", token }, loop(`loop-${at}`, 1));
      const heartbeatAtMs = isUnused ? 1 : isSilent ? nowMs - 60_001 : nowMs - 59_000;
      return {
        PutRequest: {
          Item: {
            ...tokenItem({ ...row, rev: "r", record: { ...row.record, heartbeatAtMs } }),
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
        starter: {
          target: "loops",
          async start({ token }) {
            started.push(token);
            return true;
          },
        },
      },
      {
        staleAfterMs: 60_000,
        idleAfterMs: 1,
        depthOf: async () => 1,
        queues: [{ queueUrl: "many", minLoops: 1, maxLoops: 9, growBy: 1, cooldownMs: 0 }],
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
