import { TextMap } from "../query-answer.ts";
import type { QueryInput } from "../query-input.ts";
import { snsErrors } from "../sns-error.ts";
import { defaultPolicy, effectiveDeliveryPolicy } from "../topic-attributes.ts";
import type { Topic } from "../topics.ts";
import { authorizedTopic, pageOfList, type SnsContext, type SnsOperation } from "./operation.ts";

/** `CreateTopic`: makes a topic, or finds the one of that name with the same attributes. */
export const createTopic: SnsOperation = (context, input) => {
  const name = input.text("Name");
  context.authorize("sns:CreateTopic", context.topics.arnOf(name));
  const topic = context.topics.create(name, input.textMap("Attributes"), tagsOf(input));
  return { TopicArn: topic.arn };
};

/** `DeleteTopic`: removes a topic with its subscriptions. */
export const deleteTopic: SnsOperation = (context, input) => {
  const arn = input.text("TopicArn");
  context.authorize("sns:DeleteTopic", arn);
  context.topics.delete(arn);
  return undefined;
};

/** `ListTopics`: all topics, a hundred a page. */
export const listTopics: SnsOperation = (context, input) => {
  context.authorize("sns:ListTopics", "*");
  const { items, NextToken } = pageOfList(context.topics.list(), input.optionalText("NextToken"));
  return { Topics: items.map(({ arn }) => ({ TopicArn: arn })), NextToken };
};

/** `GetTopicAttributes`: what is set, with defaults and counts. */
export const getTopicAttributes: SnsOperation = (context, input) => {
  const topic = authorizedTopic(context, input.text("TopicArn"), "GetTopicAttributes");
  return {
    Attributes: new TextMap({
      Policy: defaultPolicy(topic.arn, context.accountId),
      DisplayName: "",
      ...topic.attributes,
      TopicArn: topic.arn,
      Owner: context.accountId,
      SubscriptionsConfirmed: String(topic.subscriptions.size),
      SubscriptionsPending: "0",
      SubscriptionsDeleted: String(topic.subscriptionsDeleted),
      EffectiveDeliveryPolicy: topic.attributes.DeliveryPolicy ?? effectiveDeliveryPolicy,
    }),
  };
};

/** `SetTopicAttributes`: changes one attribute. */
export const setTopicAttributes: SnsOperation = (context, input) => {
  const topic = authorizedTopic(context, input.text("TopicArn"), "SetTopicAttributes");
  const value = input.optionalText("AttributeValue") ?? "";
  context.topics.setAttribute(topic, input.text("AttributeName"), value);
  return undefined;
};

/** `TagResource`: sets tags of a topic. */
export const tagResource: SnsOperation = (context, input) => {
  const { tags } = taggedTopic(context, input, "TagResource");
  for (const [key, value] of Object.entries(tagsOf(input))) tags.set(key, value);
  return {};
};

/** `UntagResource`: removes tags of a topic. */
export const untagResource: SnsOperation = (context, input) => {
  const { tags } = taggedTopic(context, input, "UntagResource");
  for (const key of input.texts("TagKeys")) tags.delete(key);
  return {};
};

/** `ListTagsForResource`: all tags of a topic. */
export const listTagsForResource: SnsOperation = (context, input) => {
  const { tags } = taggedTopic(context, input, "ListTagsForResource");
  return { Tags: [...tags].map(([Key, Value]) => ({ Key, Value })) };
};

function taggedTopic(context: SnsContext, input: QueryInput, action: string): Topic {
  const arn = input.text("ResourceArn");
  context.authorize(`sns:${action}`, arn);
  const topic = context.topics.find(arn);
  if (!topic) throw snsErrors.resourceNotFound();
  return topic;
}

function tagsOf(input: QueryInput): Record<string, string> {
  const tags = input.structures("Tags").map((tag) => [tag.text("Key"), tag.optionalText("Value") ?? ""] as const);
  if (new Set(tags.map(([key]) => key)).size < tags.length) {
    throw snsErrors.invalidParameter("Duplicated keys are not allowed.");
  }
  return Object.fromEntries(tags);
}
