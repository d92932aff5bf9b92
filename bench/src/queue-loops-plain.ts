import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { processors } from "queue-loops/src/processors.ts";

const QueueUrl = process.env.QUEUE_URL ?? "";
const sqs = new SQSClient({});
const { sampleWork } = processors;
const { signal } = new AbortController();

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
    await Promise.all(
      Messages.map(({ MessageId = "", Body = "", ReceiptHandle = "", Attributes }) =>
        sampleWork?.(
          {
            messageId: MessageId,
            body: Body,
            receiptHandle: ReceiptHandle,
            receiveCount: Number(Attributes?.ApproximateReceiveCount),
            attributes: {},
          },
          { signal },
        ),
      ),
    );
    const Entries = Messages.map(({ ReceiptHandle }, at) => ({ Id: String(at), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    processed += Messages.length;
  }
}
