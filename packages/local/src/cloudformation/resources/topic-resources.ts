import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceMaker } from "./resource.ts";

const topicAttributes = ["DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "MaximumMessageSize"];

/** `AWS::SNS::Topic` */
export const snsTopic: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("TopicName"), 256);
  if (properties.optionalBoolean("FifoTopic")) properties.unsupported("FifoTopic", "standard topics are");
  const attributes = texts(properties, topicAttributes);
  const subscriptions = properties
    .nestedList("Subscription")
    .map((entry) => ({ protocol: entry.text("Protocol"), endpoint: entry.text("Endpoint") }));
  properties.withoutEffect("Tags", "DataProtectionPolicy", "DeliveryStatusLogging").finish();
  const { topics } = context.services.sns;
  const known = topics.find(topics.arnOf(name));
  const topic = known ?? topics.create(name, attributes);
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
  for (const arn of arns) topics.setAttribute(topics.get(arn), "Policy", policy);
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
  const region = properties.optionalText("Region");
  if (region !== undefined && region !== context.region) {
    properties.unsupported("Region", `${region}; the embedded AWS is in ${context.region}`);
  }
  properties.finish();
  const { topics } = context.services.sns;
  const topic = topics.get(topicArn);
  const known = topic.subscriptions.get(context.previous?.ref ?? "");
  const isSame = known?.protocol === protocol && known.endpoint === endpoint;
  // Another topic, protocol or endpoint makes another subscription, as CloudFormation has it.
  if (context.previous && !isSame) topics.unsubscribe(context.previous.ref);
  if (isSame) topics.setSubscriptionAttributes(known, attributes);
  const { arn } = isSame ? known : topics.subscribe(topic, protocol, endpoint, attributes);
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
