import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceMaker } from "./resource.ts";
import { readTags } from "./tags.ts";

const plainAttributes = [
  ...["VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "MaximumMessageSize"],
  ...["ReceiveMessageWaitTimeSeconds", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"],
];

/** `AWS::SQS::Queue` */
export const sqsQueue: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("QueueName"), 80);
  const attributes = readAttributes(properties);
  const tags = readTags(properties);
  properties.finish();
  const { queues, createQueue } = context.services.sqs;
  const known = queues.find(queues.arnOf(name));
  if (known) queues.setAttributes(known, attributes);
  const { arn, url } = known ? createQueue(name) : createQueue(name, attributes);
  if (!known) context.undo(() => queues.delete(name));
  for (const [key, value] of Object.entries(tags)) queues.get(name).tags.set(key, value);
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url }, listed: { as: "queues", name } };
};

/** `AWS::SQS::QueuePolicy`: kept as the queue's attribute, not enforced yet. */
export const sqsQueuePolicy: ResourceMaker = (context, properties) => {
  const urls = properties.texts("Queues");
  readPolicyDocument(properties, "PolicyDocument");
  const policy = JSON.stringify(properties.object("PolicyDocument"));
  properties.finish();
  const { queues } = context.services.sqs;
  for (const url of urls) {
    const queue = queues.get(url.slice(url.lastIndexOf("/") + 1));
    const before = queue.attributes.Policy ?? "";
    queues.setAttributes(queue, { Policy: policy });
    context.undo(() => queues.setAttributes(queue, { Policy: before }));
  }
  return { ref: context.name(undefined, 100) };
};

function readAttributes(properties: PropertyReader): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const name of plainAttributes) {
    const value = properties.optionalText(name);
    if (value !== undefined) attributes[name] = value;
  }
  for (const name of ["RedrivePolicy", "RedriveAllowPolicy"]) {
    const policy = properties.optionalObject(name);
    if (policy) attributes[name] = JSON.stringify(policy);
  }
  return attributes;
}
