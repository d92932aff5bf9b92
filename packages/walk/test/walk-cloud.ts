import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { RunStore } from "@longhaul/core";
import { sweep } from "@longhaul/core/client";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { build } from "esbuild";
import { dynamodbWalkRecords } from "../src/runs/dynamodb-walk-records.ts";
import type { WalkRecord, WalkRecords } from "../src/runs/walk-records.ts";
import type { ComputeNews, ComputeRequest } from "./compute-process.ts";

const FUNCTION = "walker";
const TABLES = { RUNS: "runs", WALKS: "walks", OUTPUT: "output" };
/** Short, so that a walk takes several hops, and the lease of one that was killed is soon over. */
const TIMEOUT_SECONDS = 3;
const PATIENCE_MS = 240_000;

/** S3 and DynamoDB in this process, and an embedded Lambda in another that can be killed with all that is in it. */
export interface WalkCloud {
  readonly aws: LocalAws;
  readonly s3: S3Client;
  readonly runs: RunStore;
  readonly records: WalkRecords;
  /** Processes of the functions started so far, by the Lambda that runs now. */
  readonly pids: readonly number[];
  /** How many list requests were answered. */
  readonly listings: number;
  /** Begins a walk. */
  walk(id: string, bucket: string): Promise<void>;
  /** Starts an embedded Lambda; the one before must be gone. */
  startCompute(): Promise<void>;
  /** Ends the embedded Lambda with SIGKILL, and with it all functions. */
  killCompute(): Promise<void>;
  /** Sends silent runs again, as the sweeper does on its schedule. */
  sweep(): Promise<void>;
  /** Sweeps again and again until the walk is over. */
  untilOver(id: string): Promise<WalkRecord>;
  /** An object of the output bucket. */
  output(key: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts it, with a Lambda. */
export async function startWalkCloud(): Promise<WalkCloud> {
  let listings = 0;
  const aws = await startLocalAws({
    s3: {
      slow: { beforeListMs: 40 },
      isStartAfterStrict: true,
      denied(operation) {
        if (operation === "ListObjectsV2") listings++;
        return false;
      },
    },
  });
  const codeDirectory = await bundledFunction();
  const access = { region: aws.region, credentials: outsideCredentials };
  const s3 = new S3Client({ ...access, endpoint: aws.url, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ ...access, endpoint: aws.url });
  await aws.s3.createBucket(TABLES.OUTPUT);
  await aws.dynamodb.call("CreateTable", runTableRequest(TABLES.RUNS));
  await aws.dynamodb.call("CreateTable", {
    TableName: TABLES.WALKS,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: ["walk", "part"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
    KeySchema: [
      { AttributeName: "walk", KeyType: "HASH" },
      { AttributeName: "part", KeyType: "RANGE" },
    ],
  });
  const runs = dynamodbRunStore({ tableName: TABLES.RUNS, client: dynamodb });
  const records = dynamodbWalkRecords({ tableName: TABLES.WALKS, client: dynamodb })();
  const request: ComputeRequest = {
    functionName: FUNCTION,
    codeDirectory,
    timeoutSeconds: TIMEOUT_SECONDS,
    environment: {
      ...TABLES,
      LONGHAUL_RECURSIVE_LOOP: "Allow",
      AWS_ENDPOINT_URL_S3: aws.url,
      AWS_ENDPOINT_URL_DYNAMODB: aws.url,
    },
  };
  let compute: { readonly process: ChildProcess; readonly lambda: LambdaClient } | undefined;
  const pids: number[] = [];
  const lambda = () => {
    if (compute === undefined) throw new Error("There is no Lambda.");
    return compute.lambda;
  };

  const cloud: WalkCloud = {
    aws,
    s3,
    runs,
    records,
    pids,
    get listings() {
      return listings;
    },
    async walk(id, bucket) {
      const Payload = Buffer.from(JSON.stringify({ id, bucket }));
      await lambda().send(new InvokeCommand({ FunctionName: FUNCTION, InvocationType: "Event", Payload }));
    },
    async startCompute() {
      const file = fileURLToPath(new URL("compute-process.ts", import.meta.url));
      const child = fork(file, { execArgv: ["--conditions=longhaul-source"] });
      const { promise: url, resolve } = Promise.withResolvers<string>();
      pids.length = 0;
      child.on("message", (news: ComputeNews) => {
        if ("url" in news) resolve(news.url);
        else pids.push(news.startedPid);
      });
      child.send(request);
      compute = { process: child, lambda: new LambdaClient({ ...access, endpoint: await url }) };
    },
    async killCompute() {
      if (compute === undefined) return;
      const ended = once(compute.process, "exit");
      compute.process.kill("SIGKILL");
      await ended;
      compute.lambda.destroy();
      compute = undefined;
    },
    async sweep() {
      await sweep({ store: runs, driver: lambdaDriver({ client: lambda() }), olderThanMs: 1_500 });
    },
    async untilOver(id) {
      const until = Date.now() + PATIENCE_MS;
      while (Date.now() < until) {
        const record = await records.get(id);
        if (record?.result !== undefined) return record;
        await cloud.sweep();
        await delay(300);
      }
      throw new Error(`The walk was not over: ${JSON.stringify([...(await records.outlines(id))])}`);
    },
    async output(Key) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: TABLES.OUTPUT, Key }));
      return (await Body?.transformToString()) ?? "";
    },
    async stop() {
      await cloud.killCompute();
      s3.destroy();
      dynamodb.destroy();
      await aws.stop();
      await rm(codeDirectory, { recursive: true });
    },
  };
  await cloud.startCompute();
  return cloud;
}

async function bundledFunction(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "longhaul-walker-"));
  await build({
    entryPoints: [fileURLToPath(new URL("walking-function.ts", import.meta.url))],
    outfile: join(directory, "index.mjs"),
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    conditions: ["longhaul-source"],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
  return directory;
}
