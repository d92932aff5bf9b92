import type { ChildProcess } from "node:child_process";
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
import { ask, startProgram } from "./own-process.ts";
import type { SqsServer, SqsServerReady, SqsServerRequest, SqsServerUsage } from "./sqs-server.ts";

const MESSAGES = 4_000;
const BATCH = 10;
/** Rounds that are not measured, in which code is compiled. */
const WARM_UPS = 2;
/** Requests at a time, as of a busy consumer. */
const CONCURRENCY = 8;

/** How the messages of a receive are deleted. */
const WAYS = { "a batch a receive": true, "one by one": false } as const;

/** A server in a process of its own. */
interface RunningServer {
  readonly client: SQSClient;
  readonly child: ChildProcess;
}

/**
 * Messages/s that the SDK receives and deletes at the embedded SQS, against fauxqs; each server has its own process. The SDK
 * of the one client may be slower than either, so the servers' own processor time is shown as well.
 */
export async function sqs({ rounds: count = 15 }: BenchOptions): Promise<Finding[]> {
  const servers = await Promise.all([startServer("embedded"), startServer("fauxqs")]);
  const [embedded, fauxqs] = servers;
  try {
    const findings: Finding[] = [];
    for (const [way, inBatches] of Object.entries(WAYS)) {
      const cpuMs: Record<SqsServer, number[]> = { embedded: [], fauxqs: [] };
      const rounds = await alternate(
        {
          embedded: () => consume(embedded, inBatches, cpuMs.embedded),
          fauxqs: () => consume(fauxqs, inBatches, cpuMs.fauxqs),
        },
        { rounds: count, warmUps: WARM_UPS },
      );
      const perSecond = (durations: readonly number[]) => (MESSAGES * 1000) / median(durations);
      // Of each pair of rounds, one behind the other, so that a slow spell of the machine meets both.
      const share = median(rounds.embedded.map((ms, round) => (rounds.fauxqs[round] ?? Number.NaN) / ms));
      findings.push({
        what: `SQS, receiving and deleting, ${way}`,
        figure: `${Math.round(perSecond(rounds.embedded)).toLocaleString("en-US")} messages/s, ${share.toFixed(2)} x fauxqs' ${Math.round(perSecond(rounds.fauxqs)).toLocaleString("en-US")}`,
        bar: "at least as many as fauxqs",
        isMet: share >= 1,
        values: { timesFauxqs: share },
        rounds,
      });
      const measured = {
        embedded: cpuMs.embedded.slice(WARM_UPS).map(perThousand),
        fauxqs: cpuMs.fauxqs.slice(WARM_UPS).map(perThousand),
      };
      const [own, theirs] = [median(measured.embedded), median(measured.fauxqs)];
      findings.push({
        what: `SQS, the server's processor time per 1,000 messages, ${way}`,
        figure: `${own.toFixed(0)} ms, ${(own / theirs).toFixed(2)} x fauxqs' ${theirs.toFixed(0)} ms`,
        rounds: measured,
        unit: "ms of processor time per 1,000 messages",
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

const perThousand = (cpuMs: number) => (cpuMs * 1_000) / MESSAGES;

async function startServer(server: SqsServer): Promise<RunningServer> {
  const child = startProgram("sqs-server.ts");
  const { url: endpoint } = await ask<SqsServerReady>(child, { server } satisfies SqsServerRequest);
  return { client: new SQSClient({ endpoint, region: "us-east-1", credentials: outsideCredentials }), child };
}

/** Fills a queue, and answers with the milliseconds in which it is emptied. The server's processor time is added to a list. */
async function consume({ client, child }: RunningServer, inBatches: boolean, cpuMs: number[]): Promise<number> {
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
  const usage = () => ask<SqsServerUsage>(child, {});
  const before = await usage();
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: CONCURRENCY }, consumer));
  const durationMs = performance.now() - beganMs;
  cpuMs.push((await usage()).cpuMs - before.cpuMs);
  if (deleted !== MESSAGES) throw new Error(`${deleted} of ${MESSAGES} messages were deleted.`);
  return durationMs;
}
