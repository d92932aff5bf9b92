import { reportedSettings } from "../queue-attributes.ts";
import type { Queue } from "../queues.ts";
import { boundedInteger, sqsFields, textMap } from "../request-fields.ts";
import { sqsErrors } from "../sqs-error.ts";
import { authorizedQueue, queueUrl, type SqsContext, type SqsOperation } from "./operation.ts";

/** `CreateQueue`: makes a queue, or finds the one of that name with the same attributes. */
export const createQueue: SqsOperation = (context, input) => {
  const name = sqsFields.text(input, "QueueName");
  context.authorize("sqs:CreateQueue", context.queues.arnOf(name));
  const queue = context.queues.create(name, textMap(input, "Attributes"), textMap(input, "tags"));
  return { QueueUrl: queueUrl(context, queue.name) };
};

/** `GetQueueUrl`: The URL of a queue by name. */
export const getQueueUrl: SqsOperation = (context, input) => {
  const name = sqsFields.text(input, "QueueName");
  context.authorize("sqs:GetQueueUrl", context.queues.arnOf(name));
  const owner = sqsFields.optionalText(input, "QueueOwnerAWSAccountId") ?? context.accountId;
  if (owner !== context.accountId) throw sqsErrors.queueDoesNotExist();
  return { QueueUrl: queueUrl(context, context.queues.get(name).name) };
};

/** `ListQueues`: URLs of queues by prefix, in pages if asked for. */
export const listQueues: SqsOperation = (context, input) => {
  context.authorize("sqs:ListQueues", "*");
  const prefix = sqsFields.optionalText(input, "QueueNamePrefix") ?? "";
  const names = context.queues.list().flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []));
  return page(context, input, names, "QueueUrls");
};

/** `ListDeadLetterSourceQueues`: URLs of the queues whose dead letters come here. */
export const listDeadLetterSourceQueues: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:ListDeadLetterSourceQueues");
  const names = context.queues.sourcesOf(queue.arn).map(({ name }) => name);
  return page(context, input, names, "queueUrls");
};

/** `DeleteQueue`: removes a queue and all in it, at once. */
export const deleteQueue: SqsOperation = (context, input) => {
  context.queues.delete(authorizedQueue(context, input, "sqs:DeleteQueue").name);
  return {};
};

/** `PurgeQueue`: removes all messages, once a minute. */
export const purgeQueue: SqsOperation = (context, input) => {
  context.queues.purge(authorizedQueue(context, input, "sqs:PurgeQueue"));
  return {};
};

/** `SetQueueAttributes`: changes attributes; those not named stay. */
export const setQueueAttributes: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:SetQueueAttributes");
  context.queues.setAttributes(queue, textMap(input, "Attributes"));
  return {};
};

/** `GetQueueAttributes`: the attributes asked for; counts are exact here. */
export const getQueueAttributes: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:GetQueueAttributes");
  const wanted = sqsFields.textList(input, "AttributeNames");
  const all = allAttributes(queue, context.nowMs);
  if (wanted.includes("All")) return { Attributes: all };
  const known = wanted.map((name) => {
    if (!attributeNames.has(name)) throw sqsErrors.invalidAttributeName(name);
    return [name, all[name]] as const;
  });
  const present = known.filter(([, value]) => value !== undefined);
  return present.length === 0 ? {} : { Attributes: Object.fromEntries(present) };
};

/** `TagQueue`: sets tags. */
export const tagQueue: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:TagQueue");
  for (const [key, value] of Object.entries(textMap(input, "Tags"))) queue.tags.set(key, value);
  return {};
};

/** `UntagQueue`: removes tags. */
export const untagQueue: SqsOperation = (context, input) => {
  const queue = authorizedQueue(context, input, "sqs:UntagQueue");
  for (const key of sqsFields.textList(input, "TagKeys")) queue.tags.delete(key);
  return {};
};

/** `ListQueueTags`: all tags. */
export const listQueueTags: SqsOperation = (context, input) => {
  const { tags } = authorizedQueue(context, input, "sqs:ListQueueTags");
  return tags.size === 0 ? {} : { Tags: Object.fromEntries(tags) };
};

/** Names of attributes of queues. */
export const attributeNames: ReadonlySet<string> = new Set([
  ...["Policy", "VisibilityTimeout", "MaximumMessageSize", "MessageRetentionPeriod", "DelaySeconds", "QueueArn"],
  ...["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed"],
  ...[
    "CreatedTimestamp",
    "LastModifiedTimestamp",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "RedriveAllowPolicy",
  ],
  ...["KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"],
  ...["FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit"],
]);

function allAttributes(queue: Queue, nowMs: number): Readonly<Record<string, string>> {
  const counts = queue.messages.counts(nowMs);
  return {
    ...reportedSettings(queue.attributes),
    QueueArn: queue.arn,
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedAtMs / 1000)),
    ApproximateNumberOfMessages: String(counts.visible),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
  };
}

/** Without `MaxResults`, SQS lists up to 1,000 queues and gives no token. */
function page(context: SqsContext, input: Parameters<SqsOperation>[1], names: readonly string[], field: string) {
  const maxResults = boundedInteger(input, "MaxResults", 1, 1000);
  const after = sqsFields.optionalText(input, "NextToken");
  const rest = after === undefined ? names : names.filter((name) => name > Buffer.from(after, "base64url").toString());
  const shown = rest.slice(0, maxResults ?? 1000);
  const last = shown.at(-1);
  const hasMore = maxResults !== undefined && shown.length < rest.length && last !== undefined;
  return {
    ...(shown.length > 0 && { [field]: shown.map((name) => queueUrl(context, name)) }),
    ...(hasMore && { NextToken: Buffer.from(last).toString("base64url") }),
  };
}
