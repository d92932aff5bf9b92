import type { BatchWriteItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { S3Client } from "@aws-sdk/client-s3";
import { simulate } from "@longhaul/core/testing";
import { describe, expect, it } from "vitest";
import { TmpCache } from "../src/cache/tmp-cache.ts";
import { dynamodbTable } from "../src/load/dynamodb-table.ts";
import { type Loader, type LoadResult, loadFile } from "../src/load/load-file.ts";
import { type LoadState, loadBeginning } from "../src/load/load-state.ts";
import { recordsSettings } from "../src/load/settings.ts";
import { FaultyS3 } from "./faulty-s3.ts";
import { anyObject, ndjson } from "./records.ts";
import { type Trouble, troubledBodies, troubledClient, type Way } from "./troubled-client.ts";

const SEEDS = 4;
const RECORDS = 28_000;
const content = ndjson(RECORDS);
const file = { bucket: "b", key: "in/file.ndjson" };
const settings = recordsSettings({
  BATCH_SIZE: "40",
  TMP_MAX_BYTES: "1",
});

/** Loads a file while a service is in trouble. */
async function load(seed: number, of: "S3" | "DynamoDB", way: Way) {
  const s3 = new FaultyS3();
  s3.put(file.key, Buffer.from(content));
  const items = new Map<number, string>();
  const write = async ({ input }: BatchWriteItemCommand) => {
    for (const { PutRequest } of input.RequestItems?.records ?? []) {
      items.set(Number(PutRequest?.Item?.record?.N), PutRequest?.Item?.data?.S ?? "");
    }
    return {};
  };
  const trouble: Trouble = {
    way,
    share: 0.3,
    lastsMs: 600_000,
    struck: new Set(),
    ...(of === "DynamoDB" && {
      throttled: () => Object.assign(new Error("slower"), { name: "ProvisionedThroughputExceededException" }),
    }),
  };
  const calm = { ...trouble, share: 0 };
  const result = await simulate({
    seed,
    faults: "calm",
    timeoutMs: 60_000,
    stepMs: [400, 1_200],
    tracesSteps: false,
    realMs: 60_000,
    handler: (world) => {
      const table = { send: write } as unknown as DynamoDBClient;
      const bucket = s3.connect().client as S3Client;
      if (of === "S3") s3.faults.bodyBreak = troubledBodies(world, trouble);
      const loader: Loader = {
        s3: troubledClient(world, bucket, of === "S3" ? trouble : calm),
        tmp: new TmpCache({ maxBytes: settings.tmpMaxBytes }),
        schema: anyObject,
        store: dynamodbTable("records", troubledClient(world, table, of === "S3" ? calm : trouble)),
        settings,
        host: world.host,
      };
      return world.recursive<object, LoadState, LoadResult>({
        state: { key: "position" },
        guards: { maxAttempts: settings.maxAttempts },
        start: () => loadBeginning,
        run: (state, context) => loadFile(loader, file, state, context),
      });
    },
  });
  const written = Array.from(items, ([record, json]) => [record, json] as const).sort(([a], [b]) => a - b);
  return { result, struck: trouble.struck, text: written.map(([, json]) => `${json}\n`).join("") };
}

describe("while three in ten requests to a service fail for ten minutes, a load is slower, and goes on", () => {
  it.each<["S3" | "DynamoDB", Way]>([
    ["S3", "throttle"],
    ["S3", "reset"],
    ["S3", "silence"],
    ["DynamoDB", "throttle"],
    ["DynamoDB", "reset"],
    ["DynamoDB", "silence"],
  ])("%s by %s", async (of, way) => {
    const everStruck = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { result, struck, text } = await load(seed, of, way);
      expect(result.outcome).toBe("done");
      expect(text === content).toBe(true);
      expect(result.trace.filter(({ type }) => type === "threw")).toEqual([]);
      for (const name of struck) everStruck.add(name);
    }
    const names = of === "S3" ? ["GetObject", "HeadObject"] : ["BatchWriteItem"];
    expect([...everStruck]).toEqual(expect.arrayContaining(names));
  });
});
