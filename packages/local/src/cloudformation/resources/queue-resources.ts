import type { PropertyReader } from "../property-reader.ts";
import { readPolicyDocument } from "../roles.ts";
import type { ResourceMaker } from "./resource.ts";

const plainAttributes = [
  ...["VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "MaximumMessageSize"],
  ...["ReceiveMessageWaitTimeSeconds", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"],
];

/** `AWS::SQS::Queue` */
export const sqsQueue: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("QueueName"), 80);
  if (properties.optionalBoolean("FifoQueue")) properties.unsupported("FifoQueue", "standard queues are");
  const attributes = readAttributes(properties);
  properties.withoutEffect("Tags").finish();
  const { queues, createQueue } = context.services.sqs;
  const known = queues.find(queues.arnOf(name));
  if (known) queues.setAttributes(known, attributes);
  const { arn, url } = known ? createQueue(name) : createQueue(name, attributes);
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url }, listed: { as: "queues", name } };
};

/** `AWS::SQS::QueuePolicy`: kept as the queue's attribute, not enforced yet. */
export const sqsQueuePolicy: ResourceMaker = (context, properties) => {
  const urls = properties.texts("Queues");
  readPolicyDocument(properties, "PolicyDocument");
  const policy = JSON.stringify(properties.object("PolicyDocument"));
  properties.finish();
  const { queues } = context.services.sqs;
  for (const url of urls) queues.setAttributes(queues.get(url.slice(url.lastIndexOf("/") + 1)), { Policy: policy });
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
