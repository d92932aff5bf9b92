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
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { nameOfError, newName, newPair, newTopic, type SnsCase } from "./sns-clients.ts";

/** Topics and subscriptions: made, changed, listed, ended. */
export const topicCases: readonly SnsCase[] = [
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
];
