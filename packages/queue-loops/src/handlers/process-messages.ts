import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SQSClient } from "@aws-sdk/client-sqs";
import { jsonLogObserver, systemHost } from "@longhaul/core";
import { lambdaDriver } from "@longhaul/core/lambda";
import { answeredWithin } from "../answered-within.ts";
import { errorFields, log } from "../log.ts";
import { type LoopQueue, loopHandler } from "../loop/loop-handler.ts";
import { processors } from "../processors.ts";
import { dispatcher } from "../queues/dispatch.ts";
import { sqsMessageQueue } from "../queues/sqs-message-queue.ts";
import { settingsFrom } from "../settings.ts";
import { dynamodbTokenTable } from "../tokens/dynamodb-token-table.ts";

// Made once per container, outside the handler; a warm hop finds them again.
const settings = settingsFrom(process.env, Object.keys(processors));
// A poll takes as long as it waits for messages.
const sqs = new SQSClient({ requestHandler: answeredWithin(1_000 * settings.waitSeconds + 10_000) });
const dynamodb = new DynamoDBClient({ requestHandler: answeredWithin(5_000) });
let lambda: LambdaClient | undefined;
const queues = new Map<string, LoopQueue>(
  settings.queues.map((queue) => [
    queue.queueUrl,
    {
      queue: sqsMessageQueue(sqs, queue.queueUrl),
      process: dispatcher(queue, processors, () => (lambda ??= new LambdaClient({}))),
      batchSize: queue.batchSize,
      visibilitySeconds: queue.visibilitySeconds,
    },
  ]),
);

/** Runs a loop: polls its queue, processes, and continues in the next invocation, for as long as it has its token. */
export const handler = loopHandler({
  table: dynamodbTokenTable(dynamodb, settings.tokenTable),
  driver: lambdaDriver(),
  host: systemHost,
  observers: [jsonLogObserver()],
  queueOf: (queueUrl) => queues.get(queueUrl),
  waitSeconds: settings.waitSeconds,
  heartbeatEveryMs: settings.heartbeatEveryMs,
  reserveMs: settings.reserveMs,
  onTrouble: (error, what, messageId) => log("WARN", "trouble", { what, messageId, ...errorFields(error) }),
  onRefused: (event, refusal) => log("INFO", "refused", { refusal, ...event }),
});
