import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import type { Outcome, RunEvent, RunStore } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import {
  type CallFaultPlan,
  type LambdaFaults,
  type LocalAws,
  type LocalAwsOptions,
  outsideCredentials,
  startLocalAws,
} from "@longhaul/local";
import { functionIdsOf, type RunWatch, watchRuns } from "@longhaul/local/testing";
import { inject } from "vitest";
import type { TransformSummary } from "../src/index.ts";
import { type FailureQueue, failureQueue } from "./failure-queue.ts";

/** One request to S3, as it arrived. */
export interface S3Request {
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

/** Ends a wait for what never comes; above what anything takes on a busy machine, and below the limits of tests. */
const PATIENCE_MS = 500_000;

/** Settings of the function. */
export interface FunctionSettings {
  readonly timeoutSeconds?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** The app's stack, deployed to an embedded AWS, with all a test looks at. */
export interface BatchCloud extends FailureQueue, RunWatch<RunEvent> {
  readonly aws: LocalAws;
  readonly functionName: string;
  readonly source: string;
  readonly output: string;
  /** The store of the stack's runs. */
  readonly runs: RunStore;
  /** Makes the state in a run's record something that is not JSON. */
  damageState(run: string): Promise<void>;
  /** Faults of the embedded Lambda, and of calls to all services; set them at any time. */
  readonly faults: { -readonly [Name in keyof LambdaFaults]: LambdaFaults[Name] } & { calls?: CallFaultPlan };
  /** Latency of the embedded S3; set it at any time. */
  readonly slow: { beforeHeadMs?: number; beforeGetMs?: number };
  /** Source keys that S3 answers with 403. */
  readonly denied: Set<string>;
  readonly requests: readonly S3Request[];
  /** Told of each request to S3 before it takes effect; set it at any time. */
  readonly hooks: { onRequest?: (request: S3Request) => void };
  /** Puts an object into the source bucket; one below `in/` with a known ending starts a run. */
  put(key: string, body: string | Uint8Array, more?: Partial<PutObjectCommandInput>): Promise<void>;
  /** An object of the output bucket as text; `undefined` if it is not there. */
  text(key: string): Promise<string | undefined>;
  /** Keys of the output bucket, tails of running results included. */
  outputKeys(): Promise<string[]>;
  /** Invokes the function and waits for its answer; rejects with `errorType: errorMessage`. */
  call(event: object, qualifier?: string): Promise<Outcome<TransformSummary>>;
  /** Sends an event and answers with the id of the run it begins, if nothing in the event says otherwise. */
  send(event: object): Promise<string>;
  /** A run is done, and all that its hops have printed is read: a container's lines may come after another's later ones. */
  endOf(run: string): Promise<void>;
  /** Deploys again with other settings; the next invocation is cold. */
  configure(settings: FunctionSettings): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an embedded AWS and deploys the stack. */
export async function startBatchCloud(
  options: Pick<LocalAwsOptions, "scheduleScale"> & { readonly timeScale?: number } & FunctionSettings = {},
): Promise<BatchCloud> {
  const { timeScale = 1 / 2000, scheduleScale, ...initial } = options;
  const assembly = inject("assemblies").transformer;
  const faults: BatchCloud["faults"] = {};
  const slow: BatchCloud["slow"] = {};
  const denied = new Set<string>();
  const requests: S3Request[] = [];
  const hooks: BatchCloud["hooks"] = {};
  const aws = await startLocalAws({
    ...(scheduleScale !== undefined && { scheduleScale }),
    callFaults: (call) => faults.calls?.(call),
    s3: {
      slow,
      denied(operation, bucket, key) {
        requests.push({ operation, bucket, key });
        hooks.onRequest?.({ operation, bucket, key });
        return denied.has(key);
      },
    },
    lambda: {
      timeScale,
      faults: {
        throttle: (request) => faults.throttle?.(request) ?? false,
        deliveries: (event) => faults.deliveries?.(event) ?? [0],
        killAfterMs: (run) => faults.killAfterMs?.(run),
        cold: (run) => faults.cold?.(run) ?? false,
      },
    },
  });
  const logicalIds = await functionIdsOf(assembly, "Transformer");
  const deploy = ({ timeoutSeconds, environment = {} }: FunctionSettings) =>
    aws.deploy(assembly, {
      functionOverrides: {
        [logicalIds.worker]: { environment, ...(timeoutSeconds !== undefined && { timeoutSeconds }) },
        [logicalIds.sweeper]: { environment: { LONGHAUL_RESUME_AFTER_MS: "500" } },
      },
    });
  const { outputs } = await deploy(initial);
  const named = (name: string) => outputs[name] ?? "";
  const functionName = named("FunctionName");
  const source = named("SourceBucketName");
  const output = named("OutputBucketName");
  const tableName = named("RunTableName");
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const client = new S3Client(access);
  const dynamodb = new DynamoDBClient(access);
  const watch = watchRuns<RunEvent>(aws.lambda, functionName, { patienceMs: PATIENCE_MS });

  return {
    ...watch,
    ...failureQueue(aws, named("FailuresQueueUrl")),
    aws,
    functionName,
    source,
    output,
    runs: dynamodbRunStore({ tableName, client: dynamodb }),
    async endOf(run) {
      await watch.until((event) => event.run === run && event.type === "done");
      await aws.lambda.idle();
    },
    async damageState(run) {
      const update = { UpdateExpression: "SET #s = :s", ExpressionAttributeNames: { "#s": "state" } };
      const values = { ExpressionAttributeValues: { ":s": { S: "{oops" } } };
      await dynamodb.send(
        new UpdateItemCommand({ TableName: tableName, Key: { run: { S: run } }, ...update, ...values }),
      );
    },
    faults,
    slow,
    denied,
    requests,
    hooks,
    async put(Key, body, more = {}) {
      await client.send(new PutObjectCommand({ Bucket: source, Key, Body: Buffer.from(body), ...more }));
    },
    async text(Key) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: output, Key }));
        return await Body?.transformToString();
      } catch (error) {
        if (error instanceof NoSuchKey) return undefined;
        throw error;
      }
    },
    async outputKeys() {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: output }));
      return Contents.map(({ Key }) => Key ?? "");
    },
    async call(event, qualifier) {
      const { payload, functionError } = await aws.lambda.invoke({
        functionName,
        payload: JSON.stringify(event),
        ...(qualifier !== undefined && { qualifier }),
      });
      const answer = JSON.parse(payload ?? "null");
      if (functionError) throw new Error(`${answer.errorType}: ${answer.errorMessage}`);
      return answer as Outcome<TransformSummary>;
    },
    async send(event) {
      const payload = JSON.stringify(event);
      const { requestId } = await aws.lambda.invoke({ functionName, invocationType: "Event", payload });
      return `request:${requestId}`;
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
