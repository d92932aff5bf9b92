import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";

/** One thing AWS's SQS does, checked with the SDK against any endpoint. Each case makes queues of its own. */
export interface SqsCase {
  readonly name: string;
  run(client: SQSClient): Promise<void>;
}

let queues = 0;

async function newQueue(client: SQSClient, attributes: Record<string, string> = {}): Promise<string> {
  queues += 1;
  const name = `conformance-${process.pid}-${queues}`;
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, Attributes: attributes }));
  assert.ok(QueueUrl);
  return QueueUrl;
}

async function arnOf(client: SQSClient, QueueUrl: string): Promise<string> {
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  assert.ok(Attributes?.QueueArn);
  return Attributes.QueueArn;
}

async function receive(client: SQSClient, QueueUrl: string, more: object = {}): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0, ...more }),
  );
  return Messages;
}

async function counts(client: SQSClient, QueueUrl: string): Promise<readonly number[]> {
  const names = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
  ] as const;
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
  return names.map((name) => Number(Attributes?.[name]));
}

async function nameOfError(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    // Names the SDK has no class for come with or without the query protocol's prefix.
    (error: unknown) => (error instanceof Error ? error.name.replace(/^AWS\.SimpleQueueService\./, "") : String(error)),
  );
}

export const sqsCases: readonly SqsCase[] = [
  {
    name: "a body comes back as it was sent, with the MD5 of both",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const body = '{"key":"a+b/ü ü"}\n\t\r';
      const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      assert.equal(sent.MD5OfMessageBody, createHash("md5").update(body).digest("hex"));
      const [message] = await receive(client, QueueUrl);
      assert.equal(message?.Body, body);
      assert.equal(message.MessageId, sent.MessageId);
    },
  },
  {
    name: "emoji travel in bodies",
    async run(client) {
      const QueueUrl = await newQueue(client);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "in/🚀 👩‍👩‍👧.json" }));
      assert.equal((await receive(client, QueueUrl))[0]?.Body, "in/🚀 👩‍👩‍👧.json");
    },
  },
  {
    name: "characters outside XML are refused",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const error = await nameOfError(client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a\u0000b" })));
      assert.equal(error, "InvalidMessageContents");
    },
  },
  {
    name: "message attributes come back when asked for, by name, prefix or all",
    async run(client) {
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "0" });
      const MessageAttributes = {
        "app.kind": { DataType: "String", StringValue: "full 🚀" },
        "app.size": { DataType: "Number.int", StringValue: "42" },
        raw: { DataType: "Binary", BinaryValue: Buffer.from([0, 255, 1]) },
      };
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", MessageAttributes }));
      const names = async (MessageAttributeNames: string[]) =>
        Object.keys((await receive(client, QueueUrl, { MessageAttributeNames }))[0]?.MessageAttributes ?? {}).sort();
      assert.deepEqual(await names(["All"]), ["app.kind", "app.size", "raw"]);
      assert.deepEqual(await names(["raw"]), ["raw"]);
      assert.deepEqual(await names(["app.*"]), ["app.kind", "app.size"]);
      assert.deepEqual(await names([]), []);
    },
  },
  {
    name: "system attributes come back when asked for",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const before = Date.now();
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      const [message] = await receive(client, QueueUrl, { MessageSystemAttributeNames: ["All"] });
      assert.equal(message?.Attributes?.ApproximateReceiveCount, "1");
      assert.ok(Number(message.Attributes.SentTimestamp) >= before - 1000);
      assert.ok(message.Attributes.SenderId);
    },
  },
  {
    name: "the trace header travels as a system attribute",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const StringValue = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
      await client.send(
        new SendMessageCommand({
          QueueUrl,
          MessageBody: "x",
          MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue } },
        }),
      );
      const [message] = await receive(client, QueueUrl, { MessageSystemAttributeNames: ["AWSTraceHeader"] });
      assert.equal(message?.Attributes?.AWSTraceHeader, StringValue);
    },
  },
  {
    name: "a received message is invisible until its timeout, and its receive count grows",
    async run(client) {
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "1" });
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      assert.equal((await receive(client, QueueUrl)).length, 1);
      assert.equal((await receive(client, QueueUrl)).length, 0);
      const more = { WaitTimeSeconds: 3, MessageSystemAttributeNames: ["ApproximateReceiveCount"] };
      const [again] = await receive(client, QueueUrl, more);
      assert.equal(again?.Attributes?.ApproximateReceiveCount, "2");
    },
  },
  {
    name: "a long poll returns as soon as there is a message",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const startedAt = Date.now();
      const polling = receive(client, QueueUrl, { WaitTimeSeconds: 10 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      assert.equal((await polling).length, 1);
      assert.ok(Date.now() - startedAt < 5_000);
    },
  },
  {
    name: "changing visibility to 0 gives a message back at once; longer keeps it away",
    async run(client) {
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "1" });
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      const [first] = await receive(client, QueueUrl);
      const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
        client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
      await change(first?.ReceiptHandle, 0);
      const [second] = await receive(client, QueueUrl);
      assert.ok(second);
      await change(second.ReceiptHandle, 30);
      assert.equal((await receive(client, QueueUrl, { WaitTimeSeconds: 2 })).length, 0);
    },
  },
  {
    name: "visibility beyond 12 hours is refused",
    async run(client) {
      const QueueUrl = await newQueue(client);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      const [message] = await receive(client, QueueUrl);
      const command = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 43_201 };
      assert.notEqual(await nameOfError(client.send(new ChangeMessageVisibilityCommand(command))), "no error");
    },
  },
  {
    name: "changing the visibility of a message that is not in flight is refused",
    async run(client) {
      const QueueUrl = await newQueue(client);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      const [message] = await receive(client, QueueUrl);
      const command = { QueueUrl, ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 0 };
      await client.send(new ChangeMessageVisibilityCommand(command));
      assert.equal(await nameOfError(client.send(new ChangeMessageVisibilityCommand(command))), "MessageNotInflight");
    },
  },
  {
    name: "deleting twice is no error; a handle that was never issued is",
    async run(client) {
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "0" });
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      const [message] = await receive(client, QueueUrl);
      const remove = (ReceiptHandle: string | undefined) =>
        client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      await remove(message?.ReceiptHandle);
      await remove(message?.ReceiptHandle);
      assert.equal((await receive(client, QueueUrl)).length, 0);
      assert.equal(await nameOfError(remove("never issued")), "ReceiptHandleIsInvalid");
    },
  },
  {
    name: "a message received more often than allowed goes to the dead-letter queue",
    async run(client) {
      const dead = await newQueue(client);
      const deadLetterTargetArn = await arnOf(client, dead);
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "0", RedrivePolicy });
      const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "poison" }));
      assert.equal((await receive(client, QueueUrl)).length, 1);
      assert.equal((await receive(client, QueueUrl)).length, 1);
      assert.equal((await receive(client, QueueUrl)).length, 0);
      const [letter] = await receive(client, dead);
      assert.equal(letter?.Body, "poison");
      assert.equal(letter.MessageId, sent.MessageId);
      const sources = await client.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));
      assert.deepEqual(sources.queueUrls?.map(nameIn), [nameIn(QueueUrl)]);
    },
  },
  {
    name: "a move task brings dead letters back to where they came from",
    async run(client) {
      const dead = await newQueue(client);
      const SourceArn = await arnOf(client, dead);
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: SourceArn, maxReceiveCount: 1 });
      const QueueUrl = await newQueue(client, { VisibilityTimeout: "0", RedrivePolicy });
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "back" }));
      await receive(client, QueueUrl);
      await receive(client, QueueUrl);
      assert.deepEqual((await counts(client, dead))[0], 1);
      await client.send(new StartMessageMoveTaskCommand({ SourceArn }));
      assert.equal((await receive(client, QueueUrl, { WaitTimeSeconds: 5 }))[0]?.Body, "back");
    },
  },
  {
    name: "a delayed message appears after its delay",
    async run(client) {
      const QueueUrl = await newQueue(client);
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 1 }));
      assert.deepEqual(await counts(client, QueueUrl), [0, 0, 1]);
      assert.equal((await receive(client, QueueUrl)).length, 0);
      assert.equal((await receive(client, QueueUrl, { WaitTimeSeconds: 3 }))[0]?.Body, "later");
    },
  },
  {
    name: "the approximate counts follow messages from visible to in flight to gone",
    async run(client) {
      const QueueUrl = await newQueue(client);
      for (const MessageBody of ["1", "2", "3"]) await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
      assert.deepEqual(await counts(client, QueueUrl), [3, 0, 0]);
      const [message] = await receive(client, QueueUrl, { MaxNumberOfMessages: 1 });
      assert.deepEqual(await counts(client, QueueUrl), [2, 1, 0]);
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
      assert.deepEqual(await counts(client, QueueUrl), [2, 0, 0]);
      await client.send(new PurgeQueueCommand({ QueueUrl }));
      assert.deepEqual(await counts(client, QueueUrl), [0, 0, 0]);
    },
  },
  {
    name: "batches of ten are sent, changed and deleted; each entry fails alone",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: `m${index}`, MessageBody: `body ${index}` }));
      Entries[3] = { Id: "m3", MessageBody: "bad \u0001" };
      const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      assert.equal(sent.Successful?.length, 9);
      assert.deepEqual(
        sent.Failed?.map(({ Id }) => Id),
        ["m3"],
      );
      const messages = await receive(client, QueueUrl);
      assert.equal(messages.length, 9);
      const handles = messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle }));
      const changed = await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl,
          Entries: handles.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
        }),
      );
      assert.equal(changed.Successful?.length, 9);
      handles[0] = { Id: "m0", ReceiptHandle: "never issued" };
      const deleted = await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: handles }));
      assert.equal(deleted.Successful?.length, 8);
      assert.equal(deleted.Failed?.[0]?.Code, "ReceiptHandleIsInvalid");
    },
  },
  {
    name: "a batch that is empty, too long, or repeats an id is refused whole",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const send = (Entries: { Id: string; MessageBody: string }[]) =>
        nameOfError(client.send(new SendMessageBatchCommand({ QueueUrl, Entries })));
      const entries = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ Id: `${index}`, MessageBody: "x" }));
      assert.equal(await send([]), "EmptyBatchRequest");
      assert.equal(await send(entries(11)), "TooManyEntriesInBatchRequest");
      assert.equal(await send([...entries(1), ...entries(1)]), "BatchEntryIdsNotDistinct");
      const half = "x".repeat(600_000);
      const large = ["a", "b"].map((Id) => ({ Id, MessageBody: half }));
      assert.equal(await send(large), "BatchRequestTooLong");
    },
  },
  {
    name: "a message of 1 MiB is taken, one byte more is not",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const send = (bytes: number) =>
        nameOfError(client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(bytes) })));
      assert.equal(await send(1_048_576), "no error");
      assert.equal(await send(1_048_577), "InvalidParameterValue");
    },
  },
  {
    name: "creating a queue again is no error with the same attributes, and one with others",
    async run(client) {
      const QueueName = nameIn(await newQueue(client, { VisibilityTimeout: "7" }));
      const create = (VisibilityTimeout: string) =>
        nameOfError(client.send(new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout } })));
      assert.equal(await create("7"), "no error");
      assert.equal(await create("8"), "QueueNameExists");
    },
  },
  {
    name: "attributes can be set and are read back; unknown and impossible ones are refused",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const set = (Attributes: Record<string, string>) =>
        nameOfError(client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes })));
      assert.equal(await set({ VisibilityTimeout: "17" }), "no error");
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
      assert.equal(Attributes?.VisibilityTimeout, "17");
      assert.equal(Attributes.MessageRetentionPeriod, "345600");
      assert.equal(await set({ VisibilityTimeout: "43201" }), "InvalidAttributeValue");
      assert.equal(await set({ Colour: "blue" }), "InvalidAttributeName");
    },
  },
  {
    name: "queues are found by name and prefix, and missing ones say so",
    async run(client) {
      const QueueUrl = await newQueue(client);
      const QueueName = nameIn(QueueUrl);
      assert.equal(nameIn((await client.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl), QueueName);
      const listed = await client.send(new ListQueuesCommand({ QueueNamePrefix: QueueName }));
      assert.ok(listed.QueueUrls?.map(nameIn).includes(QueueName));
      await client.send(new DeleteQueueCommand({ QueueUrl }));
      assert.equal(await nameOfError(client.send(new GetQueueUrlCommand({ QueueName }))), "QueueDoesNotExist");
      const send = client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x" }));
      assert.equal(await nameOfError(send), "QueueDoesNotExist");
    },
  },
  {
    name: "tags are set, listed and removed",
    async run(client) {
      const QueueUrl = await newQueue(client);
      await client.send(new TagQueueCommand({ QueueUrl, Tags: { app: "longhaul", stage: "test" } }));
      await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: ["stage"] }));
      assert.deepEqual((await client.send(new ListQueueTagsCommand({ QueueUrl }))).Tags, { app: "longhaul" });
    },
  },
];

function nameIn(url: string | undefined): string {
  return url?.slice(url.lastIndexOf("/") + 1) ?? "";
}
