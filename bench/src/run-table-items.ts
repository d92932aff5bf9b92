import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { RUN_TABLE_SHARDS, type RunStats, type RunStatus } from "@longhaul/core/store";
import type { Item } from "./capacity.ts";

/** Name of the table. */
export const TABLE = "runs";

const DAY_MS = 86_400_000;
const OTHERS: readonly RunStatus[] = ["running", "sleeping", "paused", "failed", "stopped"];

/** Id of a record. All are of one length, so a page costs the same wherever it is. */
export function runIdOf(index: number): string {
  return `order-import-2026-11-${String(index).padStart(8, "0")}`;
}

/** Six of ten runs are done; the others are spread over the other statuses. */
function statusOf(index: number): RunStatus {
  const place = index % 10;
  return place < 6 ? "done" : (OTHERS[(Math.floor(index / 10) * 4 + place - 6) % OTHERS.length] ?? "done");
}

/** Makes the item of a record: nothing is due, unless it is said to be. */
export type MakeItem = (index: number, isDue?: boolean) => Item;

/** Writes one run in each status with the store itself, and makes the items of all others after them. */
export async function itemsLikeTheStores(client: DynamoDBClient, nowMs: number): Promise<MakeItem> {
  const models: Partial<Record<RunStatus, Item>> = {};
  for (const status of ["done", ...OTHERS] as const) models[status] = await written(client, status, nowMs);
  return (index, isDue = false) => {
    const status = isDue ? "running" : statusOf(index);
    const { live, ...model } = models[status] ?? {};
    // The hash of the id spreads runs as evenly.
    const shard = index % RUN_TABLE_SHARDS;
    const dueAtMs = isDue ? nowMs - DAY_MS + index : nowMs + DAY_MS + index;
    return {
      ...model,
      run: { S: runIdOf(index) },
      status: { S: `${status}#${shard}` },
      changedAtMs: { N: String(nowMs - DAY_MS + index) },
      ...(live && { live: { S: `live#${shard}` }, dueAtMs: { N: String(dueAtMs) } }),
    };
  };
}

/** The item of a run that came to a status, as the store writes it. */
async function written(client: DynamoDBClient, status: RunStatus, nowMs: number): Promise<Item> {
  const store = dynamodbRunStore({ tableName: TABLE, client });
  const run = `model-${status}`;
  const bucket = "arrivals-of-a-shop-eu-central-1";
  const event = JSON.stringify({ bucket, key: "orders/2026/11/30/orders-0000017.ndjson.gz", etag: "9".repeat(32) });
  const target = "arn:aws:lambda:eu-central-1:000000000000:function:orders-import:live";
  const stats: RunStats = {
    ...{ steps: 48_211, usedMs: 1_795_402, costUsd: 0.0301843, stalledHops: 0 },
    budget: { step: { mean: 18.25, dev: 3.5, peak: 122 } },
  };
  const begin = {
    run,
    hop: 0,
    owner: "5d3c6d8e-8f3a-4a5e-9a0f-0d6b5f7f3f60",
    nowMs,
    startedAtMs: nowMs,
    target,
    event,
  };
  const { record } = await store.begin({ ...begin, leaseUntilMs: nowMs + 900_000, skewMs: 5_000 });
  const own = { run, hop: 0, owner: begin.owner, epoch: record?.epoch ?? 0, nowMs, stats };
  const state = JSON.stringify({ value: { bucket, byte: 1_073_741_824, records: 4_821_100, parts: 128 } });
  const progress = { records: 4_821_100, bytes: 1_073_741_824 };
  if (status === "running") await store.checkpoint({ ...own, state, progress });
  else if (status === "sleeping") await store.handOff({ ...own, state, progress, wakeAtMs: nowMs + DAY_MS });
  else if (status === "done") await store.finish({ ...own, phase: status, progress, result: JSON.stringify(progress) });
  else {
    const reason = { code: "MAX_COST", message: "The run has cost about $25, as much as it may." };
    await store.finish({ ...own, phase: status, state, progress, reason });
  }
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE, Key: { run: { S: run } } }));
  if (!Item) throw new Error(`${run} was not written.`);
  return Item;
}
