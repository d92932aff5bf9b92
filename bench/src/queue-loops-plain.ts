import { setTimeout as delay } from "node:timers/promises";
import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const QueueUrl = process.env.QUEUE_URL ?? "";
const sqs = new SQSClient({});

/** The work of the app's sample on a quiet message. */
async function work(body = "{}"): Promise<void> {
  const { workMs = 0 } = JSON.parse(body) as { readonly workMs?: number };
  if (workMs > 0) await delay(workMs);
}

/** How long it waits for the first message, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * The loop one would write without Longhaul, in a function of its own: receive, process, delete, and again; until the
 * queue is empty, so that it can be measured.
 */
export async function handler(): Promise<void> {
  const beganMs = Date.now();
  for (let processed = 0; ; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageSystemAttributeNames: ["ApproximateReceiveCount"],
        MessageAttributeNames: ["All"],
      }),
    );
    if (Messages.length === 0) {
      if (processed > 0 || Date.now() - beganMs > PATIENCE_MS) return;
      continue;
    }
    await Promise.all(Messages.map(({ Body }) => work(Body)));
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    processed += Messages.length;
  }
}
