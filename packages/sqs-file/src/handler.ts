import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { EventError, type InvocationContext, jsonLogObserver, type Outcome, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { TmpCache } from "@longhaul/core/s3";
import { type SqsBatchResponse, sqsDriver } from "@longhaul/core/sqs";
import { type FileEvent, fileOf, isMessages, stateKey } from "./file-run.ts";
import { type Loader, type LoadResult, loadFile } from "./load-file.ts";
import { beginning, type LoadState, loadState } from "./load-state.ts";
import { receiveMessages } from "./receive-messages.ts";
import type { Reception } from "./reception.ts";
import { settingsFrom } from "./settings.ts";
import { sqsQueue } from "./sqs-queue.ts";
import { workHop } from "./work-hop.ts";

// Made once per container, outside the handler; a warm hop finds them again.
const settings = settingsFrom(process.env);
const dynamodb = new DynamoDBClient({});
const sqs = new SQSClient({});
const store = dynamodbRunStore({ tableName: settings.runTable, client: dynamodb });
const driver = settings.continueBy === "sqs" ? sqsDriver({ queueUrl: settings.queueUrl, client: sqs }) : lambdaDriver();
const loader: Loader = {
  s3: new S3Client({}),
  tmp: new TmpCache({ maxBytes: settings.tmpMaxBytes }),
  table: {
    client: dynamodb,
    tableName: settings.recordsTable,
    pause: (delayMs, signal) => setTimeout(delayMs, undefined, { signal }),
    random: Math.random,
  },
  settings,
};
const work = recursive<FileEvent, LoadState, LoadResult>({
  stateKey,
  schema: loadState,
  driver,
  store,
  observers: [jsonLogObserver()],
  reserveMs: settings.reserveMs,
  guards: { maxAttempts: settings.maxAttempts },
  runId: (event) => fileOf(event).run,
  start: () => beginning,
  run: (state, context) => loadFile(loader, fileOf(context.event).file, state, context),
});
const reception: Reception = {
  ...settings,
  store,
  work,
  driver,
  queue: sqsQueue(sqs, settings),
  // What a batch of messages may bring at most, if each tells of one file.
  maxFilesHere: 10,
  now: Date.now,
  log: (line) => console.log(JSON.stringify(line)),
};

/** Receives messages from the queue, and works off one file per run: wiring only; your part is in `record-schema.ts`. */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<SqsBatchResponse | Outcome<LoadResult>> {
  if (typeof event !== "object" || event === null) throw new EventError("The event must be an object.");
  if (isMessages(event)) return receiveMessages(reception, event.Records, context);
  return workHop(reception, event as FileEvent, context);
}
