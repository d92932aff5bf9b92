import { allServed, harmless, type Input, type Inputs, map, served, structure } from "../../gateway/inputs.ts";
import type { ServedOperation } from "../../gateway/json-protocol.ts";
import type { SnsOperation } from "./operation.ts";
import * as publish from "./publish-operations.ts";
import * as subscription from "./subscription-operations.ts";
import * as topic from "./topic-operations.ts";

// Lists and maps of the query protocol: `Tags.member.1.Key`, `Attributes.entry.1.key`.
const members = (of: Input) => structure({ member: map(of) });
const entries = (fields: Inputs) => structure({ entry: map(structure(fields)) });
const textMap = entries(allServed("key", "value"));
const tags = members(structure(allServed("Key", "Value")));
const message: Inputs = {
  ...allServed("Message", "Subject", "MessageStructure", "MessageGroupId"),
  MessageDeduplicationId: served, // Refused, as SNS refuses it for standard topics.
  MessageAttributes: entries({
    Name: served,
    Value: structure(allServed("DataType", "StringValue", "BinaryValue")),
  }),
};

/** The one list of what the embedded SNS takes: every operation, by its `Action`. */
export const snsOperations: Readonly<Record<string, ServedOperation<SnsOperation>>> = {
  CreateTopic: { run: topic.createTopic, inputs: { Name: served, Attributes: textMap, Tags: tags } },
  DeleteTopic: { run: topic.deleteTopic, inputs: allServed("TopicArn") },
  ListTopics: { run: topic.listTopics, inputs: allServed("NextToken") },
  GetTopicAttributes: { run: topic.getTopicAttributes, inputs: allServed("TopicArn") },
  SetTopicAttributes: {
    run: topic.setTopicAttributes,
    inputs: allServed("TopicArn", "AttributeName", "AttributeValue"),
  },
  TagResource: { run: topic.tagResource, inputs: { ResourceArn: served, Tags: tags } },
  UntagResource: { run: topic.untagResource, inputs: { ResourceArn: served, TagKeys: members(served) } },
  ListTagsForResource: { run: topic.listTagsForResource, inputs: allServed("ResourceArn") },
  Subscribe: {
    run: subscription.subscribe,
    inputs: {
      ...allServed("TopicArn", "Protocol", "Endpoint"),
      Attributes: textMap,
      ReturnSubscriptionArn: harmless("subscriptions are confirmed at once, so that their ARN is returned always"),
    },
  },
  Unsubscribe: { run: subscription.unsubscribe, inputs: allServed("SubscriptionArn") },
  ListSubscriptions: { run: subscription.listSubscriptions, inputs: allServed("NextToken") },
  ListSubscriptionsByTopic: {
    run: subscription.listSubscriptionsByTopic,
    inputs: allServed("TopicArn", "NextToken"),
  },
  GetSubscriptionAttributes: { run: subscription.getSubscriptionAttributes, inputs: allServed("SubscriptionArn") },
  SetSubscriptionAttributes: {
    run: subscription.setSubscriptionAttributes,
    inputs: allServed("SubscriptionArn", "AttributeName", "AttributeValue"),
  },
  Publish: {
    run: publish.publish,
    // A phone number is refused as SNS words it.
    inputs: { ...allServed("TopicArn", "TargetArn", "PhoneNumber"), ...message },
  },
  PublishBatch: {
    run: publish.publishBatch,
    inputs: { TopicArn: served, PublishBatchRequestEntries: members(structure({ Id: served, ...message })) },
  },
};
