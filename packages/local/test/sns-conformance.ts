import assert from "node:assert/strict";
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTagsForResourceCommand,
  ListTopicsCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** The two services a case works with, at one endpoint. */
export interface SnsClients {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
}

/** One thing AWS's SNS does, checked with the SDK against any endpoint. Each case makes topics and queues of its own. */
export interface SnsCase {
  readonly name: string;
  run(clients: SnsClients): Promise<void>;
}

let names = 0;
const newName = () => {
  names += 1;
  return `conformance-${process.pid}-${names}`;
};

async function newTopic({ sns }: SnsClients, Attributes: Record<string, string> = {}): Promise<string> {
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: newName(), Attributes }));
  assert.ok(TopicArn);
  return TopicArn;
}

async function newQueue({ sqs }: SnsClients): Promise<{ readonly url: string; readonly arn: string }> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: newName() }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  assert.ok(QueueUrl && Attributes?.QueueArn);
  return { url: QueueUrl, arn: Attributes.QueueArn };
}

/** A topic with one queue that listens to it. */
async function newPair(clients: SnsClients, Attributes: Record<string, string> = {}) {
  const [TopicArn, queue] = await Promise.all([newTopic(clients), newQueue(clients)]);
  const { SubscriptionArn } = await clients.sns.send(
    new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn, Attributes, ReturnSubscriptionArn: true }),
  );
  assert.ok(SubscriptionArn);
  const publish = (input: PublishCommandInput) => clients.sns.send(new PublishCommand({ TopicArn, ...input }));
  return { TopicArn, SubscriptionArn, queue, publish };
}

async function receive({ sqs }: SnsClients, QueueUrl: string, wanted = 1): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (let tries = 0; tries < 4 && messages.length < wanted; tries += 1) {
    const input = { QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, MessageAttributeNames: ["All"] };
    messages.push(...((await sqs.send(new ReceiveMessageCommand(input))).Messages ?? []));
  }
  return messages;
}

async function nameOfError(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? error.name.replace(/Exception$/, "") : String(error)),
  );
}

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
const number = (StringValue: string): MessageAttributeValue => ({ DataType: "Number", StringValue });

/** Publishes messages by name, `last` at the end, and tells which of them pass a filter; `last` must. */
async function passing(
  clients: SnsClients,
  subscription: Record<string, string>,
  messages: Readonly<Record<string, Partial<PublishCommandInput>>> & { readonly last: Partial<PublishCommandInput> },
): Promise<readonly string[]> {
  const { publish, queue } = await newPair(clients, subscription);
  const names = new Map<string | undefined, string>();
  for (const [name, input] of Object.entries(messages)) {
    names.set((await publish({ Message: name, ...input })).MessageId, name);
  }
  const passed: string[] = [];
  while (passed.at(-1) !== "last") {
    const received = await receive(clients, queue.url);
    assert.notEqual(received.length, 0);
    passed.push(...received.map(({ Body }) => names.get(JSON.parse(Body ?? "{}").MessageId) ?? "?"));
  }
  return passed;
}

export const snsCases: readonly SnsCase[] = [
  {
    name: "creating a topic again gives the same one, and is refused with other attributes",
    async run({ sns }) {
      const Name = newName();
      const create = (DisplayName: string) => sns.send(new CreateTopicCommand({ Name, Attributes: { DisplayName } }));
      const { TopicArn } = await create("one");
      assert.match(TopicArn ?? "", new RegExp(`^arn:aws:sns:[^:]+:\\d{12}:${Name}$`));
      assert.equal((await create("one")).TopicArn, TopicArn);
      assert.equal(await nameOfError(create("two")), "InvalidParameter");
    },
  },
  {
    name: "names that are none are refused",
    async run({ sns }) {
      for (const Name of ["", "with space", "a/b", "x".repeat(257)]) {
        assert.equal(await nameOfError(sns.send(new CreateTopicCommand({ Name }))), "InvalidParameter", Name);
      }
    },
  },
  {
    name: "attributes are set and read back, any characters in them",
    async run(clients) {
      const { sns } = clients;
      const TopicArn = await newTopic(clients);
      const AttributeValue = `a<b>&"é' 🚀+%`;
      await sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "DisplayName", AttributeValue }));
      const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
      assert.equal(Attributes?.DisplayName, AttributeValue);
      assert.equal(Attributes.TopicArn, TopicArn);
      assert.equal(Attributes.Owner, TopicArn.split(":")[4]);
      assert.equal(Attributes.SubscriptionsConfirmed, "0");
      assert.equal(JSON.parse(Attributes.Policy ?? "{}").Statement?.[0]?.Resource, TopicArn);
    },
  },
  {
    name: "unknown attributes are refused",
    async run(clients) {
      const TopicArn = await newTopic(clients);
      const set = clients.sns.send(
        new SetTopicAttributesCommand({ TopicArn, AttributeName: "Colour", AttributeValue: "blue" }),
      );
      assert.equal(await nameOfError(set), "InvalidParameter");
    },
  },
  {
    name: "a topic that is not there says so; deleting it is no error",
    async run(clients) {
      const { sns } = clients;
      const TopicArn = await newTopic(clients);
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      assert.equal(await nameOfError(sns.send(new DeleteTopicCommand({ TopicArn }))), "no error");
      assert.equal(await nameOfError(sns.send(new GetTopicAttributesCommand({ TopicArn }))), "NotFound");
      assert.equal(await nameOfError(sns.send(new PublishCommand({ TopicArn, Message: "x" }))), "NotFound");
      const subscribe = new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: TopicArn.replace("sns", "sqs") });
      assert.equal(await nameOfError(sns.send(subscribe)), "NotFound");
    },
  },
  {
    name: "topics are listed in pages",
    async run(clients) {
      const made = new Set<string | undefined>(await Promise.all(Array.from({ length: 105 }, () => newTopic(clients))));
      let NextToken: string | undefined;
      let pages = 0;
      do {
        const page = await clients.sns.send(new ListTopicsCommand({ NextToken }));
        for (const { TopicArn } of page.Topics ?? []) made.delete(TopicArn);
        NextToken = page.NextToken;
        pages += 1;
      } while (NextToken !== undefined);
      assert.equal(made.size, 0);
      assert.ok(pages > 1);
    },
  },
  {
    name: "tags are set, listed and removed",
    async run({ sns }) {
      const { TopicArn: ResourceArn } = await sns.send(
        new CreateTopicCommand({ Name: newName(), Tags: [{ Key: "app", Value: "longhaul" }] }),
      );
      await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "stage", Value: "test" }] }));
      await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["app"] }));
      const { Tags } = await sns.send(new ListTagsForResourceCommand({ ResourceArn }));
      assert.deepEqual(Tags, [{ Key: "stage", Value: "test" }]);
      const missing = `${ResourceArn}-missing`;
      const list = sns.send(new ListTagsForResourceCommand({ ResourceArn: missing }));
      assert.equal(await nameOfError(list), "ResourceNotFound");
    },
  },
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
    name: "subscribing again gives the same subscription; it is listed, and ended",
    async run(clients) {
      const { sns } = clients;
      const { TopicArn, SubscriptionArn, queue } = await newPair(clients);
      const again = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn }));
      assert.equal(again.SubscriptionArn, SubscriptionArn);
      const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      const Owner = TopicArn.split(":")[4];
      assert.deepEqual(Subscriptions, [{ SubscriptionArn, TopicArn, Protocol: "sqs", Endpoint: queue.arn, Owner }]);
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      assert.deepEqual((await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))).Subscriptions ?? [], []);
      const all: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await sns.send(new ListSubscriptionsCommand({ NextToken }));
        for (const each of page.Subscriptions ?? []) all.push(each.SubscriptionArn ?? "");
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
      assert.ok(!all.includes(SubscriptionArn));
    },
  },
  {
    name: "attributes of a subscription are set and read back",
    async run(clients) {
      const { sns } = clients;
      const { TopicArn, SubscriptionArn, queue } = await newPair(clients);
      const set = (AttributeName: string, AttributeValue: string) =>
        sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
      await set("RawMessageDelivery", "true");
      await set("FilterPolicy", '{"kind":["file"]}');
      const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      assert.equal(Attributes?.RawMessageDelivery, "true");
      assert.equal(Attributes.FilterPolicy, '{"kind":["file"]}');
      assert.equal(Attributes.FilterPolicyScope, "MessageAttributes");
      assert.equal(Attributes.TopicArn, TopicArn);
      assert.equal(Attributes.Endpoint, queue.arn);
      assert.equal(Attributes.PendingConfirmation, "false");
      assert.equal(await nameOfError(set("Colour", "blue")), "InvalidParameter");
      assert.equal(await nameOfError(set("FilterPolicy", "{")), "InvalidParameter");
      const get = sns.send(
        new GetSubscriptionAttributesCommand({ SubscriptionArn: `${SubscriptionArn.slice(0, -1)}x` }),
      );
      assert.equal(await nameOfError(get), "NotFound");
    },
  },
  {
    name: "a protocol that is none, and an endpoint that does not fit, are refused",
    async run(clients) {
      const TopicArn = await newTopic(clients);
      const subscribe = (Protocol: string, Endpoint: string) =>
        nameOfError(clients.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint })));
      assert.equal(await subscribe("pigeon", "coop"), "InvalidParameter");
      assert.equal(await subscribe("sqs", "no-arn"), "InvalidParameter");
    },
  },
  {
    name: "a filter by attributes lets through what has one value of each",
    async run(clients) {
      const FilterPolicy = JSON.stringify({
        kind: ["file", { prefix: "dir" }],
        size: [{ numeric: [">", 10, "<=", 20] }],
        draft: [{ exists: false }],
      });
      const messages = {
        exact: { MessageAttributes: { kind: text("file"), size: number("20") } },
        prefix: { MessageAttributes: { kind: text("directory"), size: number("10.5") } },
        "other value": { MessageAttributes: { kind: text("link"), size: number("20") } },
        "too small": { MessageAttributes: { kind: text("file"), size: number("10") } },
        draft: { MessageAttributes: { kind: text("file"), size: number("20"), draft: text("yes") } },
        "no attributes": {},
        last: { MessageAttributes: { kind: text("dir"), size: number("11") } },
      };
      assert.deepEqual(await passing(clients, { FilterPolicy }, messages), ["exact", "prefix", "last"]);
    },
  },
  {
    name: "a filter knows what is not wanted, and lists of values",
    async run(clients) {
      const FilterPolicy = JSON.stringify({ tags: ["a"], kind: [{ "anything-but": ["link"] }] });
      const list = (values: readonly unknown[]) => ({ DataType: "String.Array", StringValue: JSON.stringify(values) });
      const messages = {
        "in the list": { MessageAttributes: { tags: list(["b", "a"]), kind: text("file") } },
        "not in the list": { MessageAttributes: { tags: list(["b"]), kind: text("file") } },
        unwanted: { MessageAttributes: { tags: list(["a"]), kind: text("link") } },
        last: { MessageAttributes: { tags: list(["a"]), kind: text("file") } },
      };
      assert.deepEqual(await passing(clients, { FilterPolicy }, messages), ["in the list", "last"]);
    },
  },
  {
    name: "a filter by body looks into the message",
    async run(clients) {
      const attributes = {
        FilterPolicyScope: "MessageBody",
        FilterPolicy: JSON.stringify({ s3: { bucket: ["mine"], key: [{ suffix: ".json" }] } }),
      };
      const messages = {
        wanted: { Message: '{"s3":{"bucket":"mine","key":"a.json"}}' },
        unwanted: { Message: '{"s3":{"bucket":"mine","key":"a.csv"}}' },
        text: { Message: "no JSON" },
        last: { Message: '{"s3":{"bucket":"mine","key":"b.json"}}' },
      };
      assert.deepEqual(await passing(clients, attributes, messages), ["wanted", "last"]);
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
