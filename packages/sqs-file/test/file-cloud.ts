import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { RunEvent, RunRecord } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import {
  type EventSourceFaults,
  type LambdaFaults,
  type LocalAws,
  outsideCredentials,
  startLocalAws,
} from "@longhaul/local";
import { inject } from "vitest";

type Changeable<Faults> = { -readonly [Name in keyof Faults]: Faults[Name] };

/** A message of the DLQ. */
export interface DeadLetter {
  readonly body: string;
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

/** The app's stack, deployed to an embedded AWS, with all a test looks at. */
export interface FileCloud {
  readonly aws: LocalAws;
  readonly bucket: string;
  readonly faults: Changeable<LambdaFaults>;
  readonly queueFaults: Changeable<EventSourceFaults>;
  /** Lines of the function's log. */
  readonly log: readonly string[];
  put(key: string, body: string): Promise<void>;
  /** Sends a message straight to the queue. */
  send(body: string): Promise<void>;
  /** The records of the runs of a key, oldest first. */
  runsOf(key: string): Promise<readonly RunRecord[]>;
  /** What the table holds of a run, by record number. */
  recordsOf(run: string): Promise<readonly unknown[]>;
  /** What the run said of itself. */
  eventsOf(run: string): readonly RunEvent[];
  /** Resolves when the queue holds no message at all. */
  queueEmpty(): Promise<void>;
  /** The message of the DLQ, there or to come, for which `isWanted`. */
  deadLetter(isWanted: (letter: DeadLetter) => boolean): Promise<DeadLetter>;
  stop(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Starts an embedded AWS and deploys the stack. */
export async function startFileCloud(environment: Readonly<Record<string, string>>): Promise<FileCloud> {
  const faults: FileCloud["faults"] = {};
  const queueFaults: FileCloud["queueFaults"] = {};
  const log: string[] = [];
  const aws = await startLocalAws({
    scheduleScale: 60,
    lambda: {
      timeScale: 1 / 2000,
      faults: {
        deliveries: (event) => faults.deliveries?.(event) ?? [0],
        killAfterMs: (run) => faults.killAfterMs?.(run),
      },
    },
    eventSources: { faults: { duplicate: (message) => queueFaults.duplicate?.(message) ?? false } },
  });
  aws.lambda.on("log", ({ message }) => void log.push(message));
  const assembly = inject("assembly");
  const { worker, sweeper } = await functionsOf(assembly);
  const { outputs } = await aws.deploy(assembly, {
    functionOverrides: {
      [worker]: { environment, timeoutSeconds: 5 },
      [sweeper]: { environment: { LONGHAUL_RESUME_AFTER_MS: "500" } },
    },
  });
  const named = (name: string) => outputs[name] ?? "";
  const access = { endpoint: aws.url, region: aws.region, credentials: outsideCredentials };
  const s3 = new S3Client(access);
  const sqs = new SQSClient(access);
  const dynamodb = new DynamoDBClient(access);
  const store = dynamodbRunStore({ tableName: named("RunTableName"), client: dynamodb });
  const letters: DeadLetter[] = [];

  return {
    aws,
    bucket: named("BucketName"),
    faults,
    queueFaults,
    log,
    async put(Key, Body) {
      await s3.send(new PutObjectCommand({ Bucket: named("BucketName"), Key, Body }));
    },
    async send(MessageBody) {
      await sqs.send(new SendMessageCommand({ QueueUrl: named("QueueUrl"), MessageBody }));
    },
    async runsOf(key) {
      const encoded = encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/");
      const found: RunRecord[] = [];
      for await (const record of store.list()) if (record.run.includes(`/${encoded}@`)) found.push(record);
      return found.sort((a, b) => a.startedAtMs - b.startedAtMs);
    },
    async recordsOf(run) {
      const records: unknown[] = [];
      const query = {
        TableName: named("RecordsTableName"),
        KeyConditionExpression: "#f = :f",
        ExpressionAttributeNames: { "#f": "file" },
        ExpressionAttributeValues: { ":f": { S: run } },
      };
      for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query)) {
        records.push(...Items.map(({ data }) => JSON.parse(data?.S ?? "null")));
      }
      return records;
    },
    eventsOf: (run) =>
      log
        .filter((line) => line.includes('"longhaul"'))
        .map((line) => (JSON.parse(line) as { longhaul: RunEvent }).longhaul)
        .filter((event) => event.run === run),
    async queueEmpty() {
      const name = named("QueueUrl").slice(named("QueueUrl").lastIndexOf("/") + 1);
      const untilMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const { visible, inFlight, delayed } = aws.sqs.queues.get(name).messages.counts(Date.now());
        if (visible + inFlight + delayed === 0) return;
        if (Date.now() > untilMs) throw new Error(`The queue still holds messages:\n${log.slice(-8).join("\n")}`);
        await delay(50);
      }
    },
    async deadLetter(isWanted) {
      const untilMs = Date.now() + PATIENCE_MS;
      for (;;) {
        const known = letters.find(isWanted);
        if (known) return known;
        if (Date.now() > untilMs) throw new Error(`No such dead letter, but ${JSON.stringify(letters)}`);
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: named("DeadLettersUrl"),
            MessageAttributeNames: ["All"],
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 1,
            VisibilityTimeout: 3_600,
          }),
        );
        for (const { Body = "", MessageAttributes: { reasonCode, reason } = {} } of Messages) {
          letters.push({ body: Body, code: reasonCode?.StringValue, reason: reason?.StringValue });
        }
      }
    },
    async stop() {
      for (const client of [s3, sqs, dynamodb]) client.destroy();
      await aws.stop();
    },
  };
}

/** Logical ids of the stack's two functions. */
async function functionsOf(assembly: string): Promise<{ worker: string; sweeper: string }> {
  const template = JSON.parse(await readFile(join(assembly, "SqsFile.template.json"), "utf8")) as {
    Outputs: Record<string, { Value: { Ref: string } }>;
    Resources: Record<string, { Type: string }>;
  };
  const worker = template.Outputs.FunctionName?.Value.Ref ?? "";
  const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::Lambda::Function");
  return { worker, sweeper: functions.map(([id]) => id).find((id) => id !== worker) ?? "" };
}
