import { setFlagsFromString } from "node:v8";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { ConfigError, EventError, type InvocationContext, jsonLogObserver, type Outcome } from "@longhaul/core";
import { dynamodbRunStore } from "@longhaul/core/dynamodb";
import { lambdaDriver } from "@longhaul/core/lambda";
import { makeActions } from "./actions/action-for.ts";
import { parallelHandler } from "./parallel-handler.ts";
import { modeOfWalk } from "./request/settled-event.ts";
import { serialHandler } from "./serial/serial-handler.ts";
import { settingsFrom } from "./settings.ts";

// The young generation, whose size the stack says, has it at once; and full collections, of a heap as small as this, need no
// threads of their own beside the work. Both spare processor time and memory.
setFlagsFromString("--semi-space-growth-factor=16");
setFlagsFromString("--no-incremental-marking");

// Made once per container, outside the handler; a warm hop finds them again.
const settings = settingsFrom(process.env);
const { defaults, pageKeys, runTable, walkTable, listConcurrency, actionConcurrency, checkpointEveryMs, reserveMs } =
  settings;
const agent = { keepAlive: true, maxSockets: listConcurrency + actionConcurrency };
// So many requests at once meet S3's limits now and then, which move when they do:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
const client = new S3Client({
  maxAttempts: 8,
  requestHandler: { httpAgent: agent, httpsAgent: agent },
  // Thousands of requests of one kind: their middleware is put together once.
  cacheMiddleware: true,
});
const dynamodb = new DynamoDBClient({});
const driver = lambdaDriver();
const observers = [jsonLogObserver()];
const actionFor = makeActions(client, settings);

const serial = serialHandler({
  client,
  defaults,
  pageKeys,
  actionFor,
  driver,
  observers,
  checkpointEveryMs,
  reserveMs,
  ...(runTable && { store: dynamodbRunStore({ tableName: runTable, client: dynamodb }) }),
});
const parallel =
  runTable && walkTable
    ? parallelHandler({
        client,
        dynamodb,
        driver,
        observers,
        actionFor,
        settings: { ...settings, runTable, walkTable },
      })
    : undefined;

/** Walks a bucket: wiring only; your part is in `each-object.ts`. */
export async function handler(event: unknown, context: InvocationContext): Promise<Outcome<unknown>> {
  if (typeof event !== "object" || event === null) throw new EventError("The event must be an object.");
  if (modeOfWalk(event, defaults) === "serial") return serial(event, context);
  if (parallel) return parallel(event, context);
  throw new ConfigError(
    'A parallel walk needs tables: set LONGHAUL_RUN_TABLE and WALK_TABLE, or ask for "mode": "serial".',
  );
}
