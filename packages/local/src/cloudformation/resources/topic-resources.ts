import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceMaker } from "./resource.ts";
import { readTags } from "./tags.ts";

const topicAttributes = ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig"];

/** `AWS::SNS::Topic` */
export const snsTopic: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("TopicName"), 256);
  const attributes = texts(properties, topicAttributes);
  const subscriptions = properties
    .nestedList("Subscription")
    .map((entry) => ({ protocol: entry.text("Protocol"), endpoint: entry.text("Endpoint") }));
  const tags = readTags(properties);
  properties.finish();
  const { topics } = context.services.sns;
  const known = topics.find(topics.arnOf(name));
  const topic = known ?? topics.create(name, attributes);
  if (!known) context.undo(() => topics.delete(topic.arn));
  for (const [key, value] of Object.entries(tags)) topic.tags.set(key, value);
  for (const [attribute, value] of Object.entries(attributes)) topics.setAttribute(topic, attribute, value);
  for (const { protocol, endpoint } of subscriptions) topics.subscribe(topic, protocol, endpoint);
  return { ref: topic.arn, attributes: { TopicArn: topic.arn, TopicName: name }, listed: { as: "topics", name } };
};

/** `AWS::SNS::TopicPolicy`: kept as the topic's attribute, not enforced yet. */
export const snsTopicPolicy: ResourceMaker = (context, properties) => {
  const arns = properties.texts("Topics");
  readPolicyDocument(properties, "PolicyDocument");
  const policy = JSON.stringify(properties.object("PolicyDocument"));
  properties.finish();
  const { topics } = context.services.sns;
  for (const arn of arns) {
    const topic = topics.get(arn);
    const before = topic.attributes;
    topics.setAttribute(topic, "Policy", policy);
    context.undo(() => {
      topic.attributes = before;
    });
  }
  const id = context.name(undefined, 100);
  return { ref: id, attributes: { Id: id } };
};

/** `AWS::SNS::Subscription` of a queue or function. */
export const snsSubscription: ResourceMaker = (context, properties) => {
  const topicArn = properties.text("TopicArn");
  const protocol = properties.text("Protocol");
  const endpoint = properties.text("Endpoint");
  const attributes = texts(properties, ["RawMessageDelivery", "FilterPolicyScope"]);
  for (const name of ["FilterPolicy", "RedrivePolicy", "DeliveryPolicy"]) {
    const policy = properties.optionalObject(name);
    if (policy) attributes[name] = JSON.stringify(policy);
  }
  properties.json("Region"); // Checked before anything is made.
  properties.finish();
  const { topics } = context.services.sns;
  const topic = topics.get(topicArn);
  const known = topic.subscriptions.get(context.previous?.ref ?? "");
  const isSame = known?.protocol === protocol && known.endpoint === endpoint;
  // Another topic, protocol or endpoint makes another subscription, as CloudFormation has it.
  if (context.previous && !isSame) topics.unsubscribe(context.previous.ref);
  if (isSame) topics.setSubscriptionAttributes(known, attributes);
  const { arn } = isSame ? known : topics.subscribe(topic, protocol, endpoint, attributes);
  if (!isSame) context.undo(() => topics.unsubscribe(arn));
  return { ref: arn, attributes: { Arn: arn } };
};

function texts(properties: PropertyReader, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = properties.optionalText(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
