import type { Operation } from "./operation.ts";
import * as publish from "./publish-operations.ts";
import * as subscription from "./subscription-operations.ts";
import * as topic from "./topic-operations.ts";

/** Every operation served, by its `Action`. */
export const operations: ReadonlyMap<string, Operation> = new Map([
  ["CreateTopic", topic.createTopic],
  ["DeleteTopic", topic.deleteTopic],
  ["ListTopics", topic.listTopics],
  ["GetTopicAttributes", topic.getTopicAttributes],
  ["SetTopicAttributes", topic.setTopicAttributes],
  ["TagResource", topic.tagResource],
  ["UntagResource", topic.untagResource],
  ["ListTagsForResource", topic.listTagsForResource],
  ["Subscribe", subscription.subscribe],
  ["Unsubscribe", subscription.unsubscribe],
  ["ListSubscriptions", subscription.listSubscriptions],
  ["ListSubscriptionsByTopic", subscription.listSubscriptionsByTopic],
  ["GetSubscriptionAttributes", subscription.getSubscriptionAttributes],
  ["SetSubscriptionAttributes", subscription.setSubscriptionAttributes],
  ["Publish", publish.publish],
  ["PublishBatch", publish.publishBatch],
]);
