import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { outsideCredentials } from "@longhaul/local";
import type { BenchOptions, Finding } from "./finding.ts";
import { alternate, median } from "./measure.ts";
import { ask, start } from "./own-process.ts";
import type { SqsServer, SqsServerReady, SqsServerRequest } from "./sqs-server.ts";

const MESSAGES = 4_000;
const BATCH = 10;
/** Requests at a time, as of a busy consumer. */
const CONCURRENCY = 8;

/** How the messages of a receive are deleted. */
const WAYS = { "a batch a receive": true, "one by one": false } as const;

/** Messages/s that the SDK receives and deletes at the embedded SQS, against fauxqs; each server has its own process. */
export async function sqs({ rounds: count = 7 }: BenchOptions): Promise<Finding[]> {
  const servers = await Promise.all([startServer("embedded"), startServer("fauxqs")]);
  const [embedded, fauxqs] = servers;
  try {
    const findings: Finding[] = [];
    for (const [way, inBatches] of Object.entries(WAYS)) {
      const rounds = await alternate(
        { embedded: () => consume(embedded.client, inBatches), fauxqs: () => consume(fauxqs.client, inBatches) },
        { rounds: count, warmUps: 2 },
      );
      const perSecond = (durations: readonly number[]) => (MESSAGES * 1000) / median(durations);
      const share = perSecond(rounds.embedded) / perSecond(rounds.fauxqs);
      findings.push({
        what: `SQS, receiving and deleting, ${way}`,
        figure: `${Math.round(perSecond(rounds.embedded)).toLocaleString("en-US")} messages/s, ${share.toFixed(2)} x fauxqs' ${Math.round(perSecond(rounds.fauxqs)).toLocaleString("en-US")}`,
        bar: "at least as many as fauxqs",
        isMet: share >= 1,
        values: { timesFauxqs: share },
        rounds,
      });
    }
    return findings;
  } finally {
    for (const { client, child } of servers) {
      client.destroy();
      child.disconnect();
    }
  }
}

async function startServer(server: SqsServer): Promise<{ client: SQSClient; child: ChildProcess }> {
  const child = start(fileURLToPath(new URL("sqs-server.ts", import.meta.url)), ["--conditions=longhaul-source"]);
  const { url: endpoint } = await ask<SqsServerReady>(child, { server } satisfies SqsServerRequest);
  return { client: new SQSClient({ endpoint, region: "us-east-1", credentials: outsideCredentials }), child };
}

/** Fills a queue, and answers with the milliseconds in which it is emptied. */
async function consume(client: SQSClient, inBatches: boolean): Promise<number> {
  const { QueueUrl = "" } = await client.send(new CreateQueueCommand({ QueueName: `bench-${inBatches}` }));
  for (let from = 0; from < MESSAGES; from += BATCH) {
    const Entries = Array.from({ length: BATCH }, (_, i) => ({ Id: `${i}`, MessageBody: `{"order":${from + i}}` }));
    await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
  let deleted = 0;
  const consumer = async () => {
    for (;;) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: BATCH, VisibilityTimeout: 600 }),
      );
      if (Messages.length === 0) return;
      if (inBatches) {
        const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: `${i}`, ReceiptHandle }));
        await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      } else {
        for (const { ReceiptHandle } of Messages) {
          await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        }
      }
      deleted += Messages.length;
    }
  };
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, consumer));
  const durationMs = performance.now() - beganMs;
  if (deleted !== MESSAGES) throw new Error(`${deleted} of ${MESSAGES} messages were deleted.`);
  return durationMs;
}
