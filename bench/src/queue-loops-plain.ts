import { DeleteMessageBatchCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { processors } from "queue-loops/src/processors.ts";

/** What the plain loop is told. */
export type PlainLoopOrder = "go" | "rest";

/**
 * The loop one would write without Longhaul, as a process of its own: receive, process, delete, and again. It goes and
 * rests when told, says so, and ends with its parent's channel; so it stays as warm as a function does.
 */
const QueueUrl = process.argv[2] ?? "";
const sqs = new SQSClient({});
const { sampleWork } = processors;
const { signal } = new AbortController();
let poll = new AbortController();
let loop: Promise<void> = Promise.resolve();

process.once("disconnect", () => process.exit(0));
process.on("message", async (order: PlainLoopOrder) => {
  if (order === "go") {
    poll = new AbortController();
    loop = work(poll.signal);
  } else {
    poll.abort();
    await loop;
  }
  process.send?.(order);
});

async function work(isOver: AbortSignal): Promise<void> {
  while (!isOver.aborted) {
    try {
      await receiveAndProcess(isOver);
    } catch (error) {
      if (!isOver.aborted) throw error;
    }
  }
}

async function receiveAndProcess(abortSignal: AbortSignal): Promise<void> {
  const receive = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 20,
    MessageSystemAttributeNames: ["ApproximateReceiveCount"],
    MessageAttributeNames: ["All"],
  });
  const { Messages = [] } = await sqs.send(receive, { abortSignal });
  if (Messages.length === 0) return;
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
}
