import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { runTableRequest } from "@longhaul/core/store";
import { type LocalAws, outsideCredentials, startLocalAws } from "@longhaul/local";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { invocation } from "../../test/invocation.ts";

type Handler = (event: never, context: never) => Promise<unknown>;
const deployments = { before: () => import("./before.ts"), after: () => import("./after.ts") };
const lines = Array.from({ length: 30 }, (_, at) => `line-${at}`);

let aws: LocalAws;
let s3: S3Client;
let sqs: SQSClient;
const urls = { queue: "", dead: "" };
beforeAll(async () => {
  aws = await startLocalAws({ region: "eu-west-1" });
  const outside = { region: aws.region, endpoint: aws.url, credentials: outsideCredentials };
  s3 = new S3Client({ ...outside, forcePathStyle: true });
  sqs = new SQSClient(outside);
  await s3.send(new CreateBucketCommand({ Bucket: "imports" }));
  await new DynamoDBClient(outside).send(new CreateTableCommand(runTableRequest("runs")));
  for (const name of ["queue", "dead"] as const) {
    urls[name] = (await sqs.send(new CreateQueueCommand({ QueueName: name }))).QueueUrl ?? "";
  }
  vi.stubEnv("AWS_ENDPOINT_URL", aws.url);
  vi.stubEnv("QUEUE_URL", urls.queue);
  vi.stubEnv("DEAD_LETTER_URL", urls.dead);
  vi.stubEnv("IMPORTS_URL", "https://imports.example.com");
  vi.spyOn(console, "log").mockReturnValue();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.stop();
});

let imported: string[];
const time = { leftMs: 0 };
beforeEach(() => {
  imported = [];
  vi.stubGlobal("fetch", async (url: string) => {
    time.leftMs -= 1_000;
    // Lambda ends the function in the middle of a line.
    if (time.leftMs <= 0) throw new Error("out of time");
    imported.push(url.split("/").at(-1) ?? "");
    return new Response();
  });
});

let uploads = 0;
/** Uploads a file, and puts S3's message about it into the queue. */
async function send(name: string, content: string): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket: "imports", Key: name, Body: content }));
  const object = { key: name, sequencer: `0055AED6DCD90281${++uploads}` };
  const record = { eventSource: "aws:s3", eventName: "ObjectCreated:Put", s3: { bucket: { name: "imports" }, object } };
  const MessageBody = JSON.stringify({ Records: [record] });
  await sqs.send(new SendMessageCommand({ QueueUrl: urls.queue, MessageBody }));
}

/** Receives once, as an event source mapping does, has a deployment work on it, and deletes what it does not keep. */
async function poll(deployment: keyof typeof deployments): Promise<number> {
  const received = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: urls.queue,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ["All"],
    }),
  );
  const messages = received.Messages ?? [];
  if (messages.length === 0) return 0;
  const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes }) => {
    return { messageId: MessageId, receiptHandle: ReceiptHandle, body: Body, attributes: Attributes };
  });
  const { handler } = (await deployments[deployment]()) as { handler: Handler };
  time.leftMs = 10_000;
  const answer = await handler({ Records } as never, invocation(time) as never);
  const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
  for (const { MessageId, ReceiptHandle } of messages) {
    if (batchItemFailures.some(({ itemIdentifier }) => itemIdentifier === MessageId)) {
      // The old consumer's messages come back by the queue's own timeout, which nobody wants to wait for.
      const visible = { QueueUrl: urls.queue, ReceiptHandle, VisibilityTimeout: 0 };
      if (deployment === "before") await sqs.send(new ChangeMessageVisibilityCommand(visible));
    } else await sqs.send(new DeleteMessageCommand({ QueueUrl: urls.queue, ReceiptHandle }));
  }
  return messages.length;
}

describe("a consumer of a queue is moved while messages are in it", () => {
  it("the old one begins a long file anew with each receive; the new one takes that very message, and ends it", async () => {
    await send("long.txt", lines.join("\n"));
    await poll("before");
    await poll("before");
    expect(imported).toEqual([...lines.slice(0, 9), ...lines.slice(0, 9)]);

    imported = [];
    for (let polls = 0; (await poll("after")) > 0; polls++) expect(polls).toBeLessThan(20);
    expect(imported).toEqual(lines);
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: urls.queue, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0" });
  });
});

describe("a message that no receive can help goes to the dead-letter queue with the reason", () => {
  it("one that is not of S3", async () => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urls.queue, MessageBody: "no JSON" }));
    await poll("after");
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: urls.dead, MessageAttributeNames: ["All"] }));
    expect(received.Messages?.[0]?.Body).toBe("no JSON");
    expect(received.Messages?.[0]?.MessageAttributes?.reasonCode?.StringValue).toBe("MESSAGE_NOT_JSON");
  });
});
