import { setTimeout } from "node:timers/promises";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { EventError, type InvocationContext, jsonLogObserver, type Outcome, recursive } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { TmpCache } from "@longhaul/core/s3";
import type { SqsBatchResponse } from "@longhaul/core/sqs";
import { type FileEvent, fileOf, isMessages, stateKey } from "./file-run.ts";
import { type Loader, type LoadResult, loadFile } from "./load-file.ts";
import { beginning, type LoadState, loadState } from "./load-state.ts";
import { type Reception, receiveMessages } from "./receive-messages.ts";
import { settingsFrom } from "./settings.ts";
import { sqsQueue } from "./sqs-queue.ts";

// Made once per container, outside the handler; a warm hop finds them again.
const settings = settingsFrom(process.env);
const dynamodb = new DynamoDBClient({});
const store = dynamodbRunStore({ tableName: settings.runTable, client: dynamodb });
const driver = lambdaDriver();
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
const reception: Reception = {
  store,
  driver,
  queue: sqsQueue(new SQSClient({}), settings),
  firstLookSeconds: settings.firstLookSeconds,
  maxLooks: settings.maxLooks,
  log: (line) => console.log(JSON.stringify(line)),
};

const work = recursive<FileEvent, LoadState, LoadResult>({
  stateKey,
  schema: loadState,
  driver,
  store,
  observers: [jsonLogObserver()],
  reserveMs: settings.reserveMs,
  runId: (event) => fileOf(event).run,
  start: () => beginning,
  run: (state, context) => loadFile(loader, fileOf(context.event).file, state, context),
});

/** Receives messages from the queue and works off one file per run: wiring only; your part is in `record-schema.ts`. */
export async function handler(
  event: unknown,
  context: InvocationContext,
): Promise<SqsBatchResponse | Outcome<LoadResult>> {
  if (typeof event !== "object" || event === null) throw new EventError("The event must be an object.");
  if (isMessages(event)) return receiveMessages(reception, event.Records, context.invokedFunctionArn);
  return work(event as FileEvent, context);
}
