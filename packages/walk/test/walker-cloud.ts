import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Outcome, RunEvent, RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import {
  type CallFaultPlan,
  type LambdaFaults,
  type LocalAws,
  outsideCredentials,
  startLocalAws,
} from "@longhaul/local";
import { byPolicies, functionIdsOf, type RunWatch, watchRuns } from "@longhaul/local/testing";
import { inject } from "vitest";
import { dynamodbWalkRecords } from "../src/dynamodb.ts";
import type { WalkReport } from "../src/report/walk-report.ts";

/** The bucket that the stack may copy to. */
const COPY_TARGET = "walker-archive";

/** Settings of the function that a test chooses. */
export interface FunctionSettings {
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The tests' stack, deployed to an embedded AWS, with all a test looks at. */
export interface WalkerCloud extends RunWatch<RunEvent> {
  readonly aws: LocalAws;
  readonly functionName: string;
  readonly bucket: string;
  readonly output: string;
  /** The bucket that the function may copy to. */
  readonly copyTarget: string;
  /** ARN of the function's role. */
  readonly roleArn: string;
  /** The store of the stack's runs. */
  readonly runs: RunStore;
  /** Faults of the embedded Lambda; set them at any time. */
  readonly faults: { -readonly [Name in keyof LambdaFaults]: LambdaFaults[Name] };
  /** Latency of the embedded S3; set it at any time. */
  readonly slow: { beforeListMs?: number };
  /** Told of each listing before it is answered; set it at any time. */
  readonly hooks: { onList?: () => void };
  /** Which calls of functions fail, and how; set it at any time. */
  readonly trouble: { plan?: CallFaultPlan };
  /** Puts objects into the bucket. */
  put(keys: readonly string[], body?: string): Promise<void>;
  /** All keys of a bucket below a prefix, by the SDK's own listing. */
  keys(bucket: string, prefix?: string): Promise<string[]>;
  text(bucket: string, key: string): Promise<string>;
  /** Invokes the function and waits for its answer; rejects with `errorType: errorMessage`. */
  call(event: object): Promise<Outcome<Record<string, unknown>>>;
  /** Sends an event and answers with the id of the walk it begins, if the event does not say. */
  send(event: object): Promise<string>;
  /** Result of a parallel walk, when it is over. */
  resultOf(walk: string): Promise<Record<string, unknown>>;
  /** The report that a result names. */
  report(result: Record<string, unknown>): Promise<WalkReport>;
  /** Deploys again with other settings; the next invocation is cold. */
  configure(settings: FunctionSettings): Promise<void>;
  stop(): Promise<void>;
}

/** Longest wait for the end of a walk. */
const PATIENCE_MS = 500_000;

/** Starts an embedded AWS and deploys the stack. */
export async function startWalkerCloud(initial: FunctionSettings = {}): Promise<WalkerCloud> {
  const assembly = inject("assembly");
  const faults: WalkerCloud["faults"] = {};
  const slow: WalkerCloud["slow"] = {};
  const hooks: WalkerCloud["hooks"] = {};
  const trouble: WalkerCloud["trouble"] = {};
  const aws: LocalAws = await startLocalAws({
    authorize: byPolicies(() => aws),
    scheduleScale: 60,
    callFaults: (call) => (call.roleArn === undefined ? undefined : trouble.plan?.(call)),
    s3: {
      slow,
      isStartAfterStrict: true,
      denied(operation) {
        if (operation === "ListObjectsV2") hooks.onList?.();
        return false;
      },
    },
    lambda: {
      timeScale: 1 / 2000,
      faults: {
        deliveries: (event) => faults.deliveries?.(event) ?? [0],
        killAfterMs: (run) => faults.killAfterMs?.(run),
        cold: (run) => faults.cold?.(run) ?? false,
      },
    },
  });
  const logicalIds = await functionIdsOf(assembly, "Walker");
  const deploy = ({ timeoutSeconds, environment = {} }: FunctionSettings) =>
    aws.deploy(assembly, {
      functionOverrides: {
        [logicalIds.worker]: { environment, ...(timeoutSeconds !== undefined && { timeoutSeconds }) },
        [logicalIds.sweeper]: { environment: { LONGHAUL_RESUME_AFTER_MS: "500" } },
      },
    });
  const { outputs } = await deploy(initial);
  await aws.s3.createBucket(COPY_TARGET);
  const named = (name: string) => outputs[name] ?? "";
  const functionName = named("FunctionName");
  const bucket = named("BucketName");
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const client = new S3Client(access);
  const dynamodb = new DynamoDBClient(access);
  const walks = dynamodbWalkRecords({ tableName: named("WalkTableName"), client: dynamodb })();

  async function text(Bucket: string, Key: string): Promise<string> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? "";
  }

  return {
    ...watchRuns<RunEvent>(aws.lambda, functionName),
    aws,
    functionName,
    bucket,
    output: named("OutputBucketName"),
    copyTarget: COPY_TARGET,
    roleArn: aws.lambda.getFunction(functionName).roleArn,
    runs: dynamodbRunStore({ tableName: named("RunTableName"), client: dynamodb }),
    faults,
    slow,
    hooks,
    trouble,
    async put(keys, body = "") {
      for (const Key of keys) await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.from(body) }));
    },
    async keys(Bucket, Prefix = "") {
      const keys: string[] = [];
      for (let token: string | undefined, isLast = false; !isLast; isLast = token === undefined) {
        const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken: token }));
        keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
        token = page.NextContinuationToken;
      }
      return keys;
    },
    text,
    async call(event) {
      const { payload, functionError } = await aws.lambda.invoke({ functionName, payload: JSON.stringify(event) });
      const answer = JSON.parse(payload ?? "null");
      if (functionError) throw new Error(`${answer.errorType}: ${answer.errorMessage}`);
      return answer as Outcome<Record<string, unknown>>;
    },
    async send(event) {
      const payload = JSON.stringify(event);
      const { requestId } = await aws.lambda.invoke({ functionName, invocationType: "Event", payload });
      return `request:${requestId}`;
    },
    async resultOf(walk) {
      const untilMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const record = await walks.get(walk);
        if (record?.result !== undefined) return record.result as Record<string, unknown>;
        if (Date.now() > untilMs) throw new Error(`Walk ${walk} is not over: ${JSON.stringify(record)}`);
        await delay(20);
      }
    },
    async report({ report }) {
      const { bucket: place, json } = report as { bucket: string; json: string };
      return JSON.parse(await text(place, json)) as WalkReport;
    },
    async configure(settings) {
      await deploy(settings);
    },
    async stop() {
      client.destroy();
      dynamodb.destroy();
      await aws.stop();
    },
  };
}
