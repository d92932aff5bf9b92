import assert from "node:assert/strict";
import { PublishBatchCommand, PublishCommand, type PublishCommandInput, SubscribeCommand } from "@aws-sdk/client-sns";
import { nameOfError, newPair, newQueue, newTopic, number, receive, type SnsCase, text } from "./sns-clients.ts";

/** Checks that messages arrive as they are published. */
export const deliveryCases: readonly SnsCase[] = [
  {
    name: "a queue receives a message in SNS's envelope",
    async run(clients) {
      const { TopicArn, SubscriptionArn, publish, queue } = await newPair(clients);
      const Message = '{"key":"a+b/ü 🚀"}\n<&>';
      const { MessageId } = await publish({
        Message,
        Subject: "Amazon S3 Notification",
        MessageAttributes: { kind: text("file"), size: number("12") },
      });
      const [received] = await receive(clients, queue.url);
      const { Timestamp, UnsubscribeURL, ...rest } = JSON.parse(received?.Body ?? "{}");
      const { SignatureVersion, Signature, SigningCertURL, ...envelope } = rest;
      assert.deepEqual(envelope, {
        Type: "Notification",
        MessageId,
        TopicArn,
        Subject: "Amazon S3 Notification",
        Message,
        MessageAttributes: {
          kind: { Type: "String", Value: "file" },
          size: { Type: "Number", Value: "12" },
        },
      });
      assert.match(Timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.match(SignatureVersion, /^[12]$/);
      assert.ok(Signature && SigningCertURL);
      assert.ok(decodeURIComponent(UnsubscribeURL).endsWith(`?Action=Unsubscribe&SubscriptionArn=${SubscriptionArn}`));
      assert.equal(received?.MessageAttributes, undefined);
    },
  },
  {
    name: "an envelope without subject and attributes has neither",
    async run(clients) {
      const { publish, queue } = await newPair(clients);
      await publish({ Message: "x" });
      const [received] = await receive(clients, queue.url);
      const envelope = JSON.parse(received?.Body ?? "{}");
      assert.ok(!("Subject" in envelope) && !("MessageAttributes" in envelope));
    },
  },
  {
    name: "raw delivery brings the message alone, with its attributes as the queue's own",
    async run(clients) {
      const { publish, queue } = await newPair(clients, { RawMessageDelivery: "true" });
      await publish({
        Message: '{"plain":"🚀"}',
        Subject: "gone",
        MessageAttributes: { kind: text("file") },
      });
      const [received] = await receive(clients, queue.url);
      assert.equal(received?.Body, '{"plain":"🚀"}');
      assert.equal(received.MessageAttributes?.kind?.StringValue, "file");
    },
  },
  {
    name: "binary attributes arrive as they were, in base64 within the envelope",
    async run(clients) {
      const { TopicArn, publish, queue } = await newPair(clients);
      const raw = await newQueue(clients);
      const Attributes = { RawMessageDelivery: "true" };
      await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: raw.arn, Attributes }));
      const BinaryValue = Buffer.of(0, 255, 128);
      await publish({ Message: "x", MessageAttributes: { bytes: { DataType: "Binary", BinaryValue } } });
      const [enveloped] = await receive(clients, queue.url);
      const { MessageAttributes } = JSON.parse(enveloped?.Body ?? "{}");
      assert.deepEqual(MessageAttributes, { bytes: { Type: "Binary", Value: BinaryValue.toString("base64") } });
      const [plain] = await receive(clients, raw.url);
      assert.deepEqual(Buffer.from(plain?.MessageAttributes?.bytes?.BinaryValue ?? []), BinaryValue);
    },
  },
  {
    name: "every subscriber receives every message",
    async run(clients) {
      const { TopicArn, queue, publish } = await newPair(clients);
      const other = await newQueue(clients);
      await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: other.arn }));
      await publish({ Message: "a" });
      await publish({ Message: "b" });
      for (const { url } of [queue, other]) {
        const messages = await receive(clients, url, 2);
        assert.deepEqual(messages.map(({ Body }) => JSON.parse(Body ?? "{}").Message).sort(), ["a", "b"]);
      }
    },
  },
  {
    name: "ten messages are published at once",
    async run(clients) {
      const { TopicArn, queue } = await newPair(clients);
      const entries = Array.from({ length: 10 }, (_, index) => ({ Id: `e${index}`, Message: `m${index}` }));
      const { Successful, Failed } = await clients.sns.send(
        new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }),
      );
      assert.deepEqual(
        Successful?.map(({ Id }) => Id),
        entries.map(({ Id }) => Id),
      );
      assert.deepEqual(Failed ?? [], []);
      const bodies = (await receive(clients, queue.url, 10)).map(({ Body }) => JSON.parse(Body ?? "{}"));
      assert.deepEqual(
        new Set(bodies.map(({ MessageId }) => MessageId)),
        new Set(Successful?.map(({ MessageId }) => MessageId)),
      );
    },
  },
  {
    name: "a batch that is empty, too long, or repeats an id is refused whole",
    async run(clients) {
      const TopicArn = await newTopic(clients);
      const send = (PublishBatchRequestEntries: { Id: string; Message: string }[]) =>
        nameOfError(clients.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries })));
      const entries = (count: number) =>
        Array.from({ length: count }, (_, index) => ({ Id: `${index}`, Message: "x" }));
      assert.equal(await send([]), "EmptyBatchRequest");
      assert.equal(await send(entries(11)), "TooManyEntriesInBatchRequest");
      assert.equal(await send([...entries(1), ...entries(1)]), "BatchEntryIdsNotDistinct");
      const half = "x".repeat(131_073);
      assert.equal(await send(["a", "b"].map((Id) => ({ Id, Message: half }))), "BatchRequestTooLong");
    },
  },
  {
    name: "a message of 256 KB is taken, one byte more is not",
    async run(clients) {
      const TopicArn = await newTopic(clients);
      const publish = (bytes: number) =>
        nameOfError(clients.sns.send(new PublishCommand({ TopicArn, Message: "x".repeat(bytes) })));
      assert.equal(await publish(262_144), "no error");
      assert.equal(await publish(262_145), "InvalidParameter");
    },
  },
  {
    name: "a topic may take messages of up to 1 MiB",
    async run(clients) {
      const TopicArn = await newTopic(clients, { MaximumMessageSize: "1048576" });
      const publish = (bytes: number) =>
        nameOfError(clients.sns.send(new PublishCommand({ TopicArn, Message: "x".repeat(bytes) })));
      assert.equal(await publish(1_048_576), "no error");
      assert.equal(await publish(1_048_577), "InvalidParameter");
    },
  },
  {
    name: "an empty message, a subject of several lines, and an attribute without value are refused",
    async run(clients) {
      const TopicArn = await newTopic(clients);
      const publish = (input: Partial<PublishCommandInput>) =>
        nameOfError(clients.sns.send(new PublishCommand({ TopicArn, Message: "x", ...input })));
      assert.equal(await publish({ Message: "" }), "InvalidParameter");
      assert.equal(await publish({ Subject: "two\nlines" }), "InvalidParameter");
      assert.equal(await publish({ Subject: "x".repeat(101) }), "InvalidParameter");
      assert.equal(await publish({ MessageAttributes: { a: text("") } }), "InvalidParameterValue");
      assert.equal(await publish({ MessageAttributes: { a: number("twelve") } }), "InvalidParameterValue");
    },
  },
  {
    name: "a message may have a text for each protocol",
    async run(clients) {
      const { publish, queue } = await newPair(clients);
      const json = (texts: object) => publish({ Message: JSON.stringify(texts), MessageStructure: "json" });
      await json({ default: "for all", sqs: "for queues" });
      const [received] = await receive(clients, queue.url);
      assert.equal(JSON.parse(received?.Body ?? "{}").Message, "for queues");
      assert.equal(await nameOfError(json({ sqs: "no default" })), "InvalidParameter");
    },
  },
  {
    name: "a message that cannot be delivered goes to the subscription's dead-letter queue",
    async run(clients) {
      const dead = await newQueue(clients);
      const { TopicArn, publish } = await newPair(clients);
      await clients.sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: `${dead.arn}-gone`,
          Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }) },
        }),
      );
      await publish({ Message: "undeliverable" });
      const [received] = await receive(clients, dead.url);
      assert.equal(JSON.parse(received?.Body ?? "{}").Message, "undeliverable");
      assert.ok(received?.MessageAttributes?.ErrorMessage?.StringValue);
    },
  },
];
