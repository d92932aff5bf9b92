import {
  AddPermissionCommand,
  CreateQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  RemovePermissionCommand,
  SetQueueAttributesCommand,
  type SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { Queue, RecordedCall, RecordedError } from "./sqs.ts";

type Row = readonly [recording: string, call: RecordedCall["call"], answer: RecordedError | object];

const refused = (code: string, message: string, status = 400): RecordedError => ({ status, code, message });
const unknownAttribute = (name: string) => refused("InvalidAttributeName", `Unknown Attribute ${name}.`);
const NO_QUEUE = refused("AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.");

/** The attributes of a queue; without those that every run gives anew. */
async function attributesOf(client: SQSClient, QueueUrl: string, ...names: readonly QueueAttributeName[]) {
  const asked = await client.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: names.length === 0 ? ["All"] : [...names] }),
  );
  const { QueueArn: _, CreatedTimestamp: __, LastModifiedTimestamp: ___, ...rest } = asked.Attributes ?? {};
  return { attributes: rest };
}
const set = (client: SQSClient, QueueUrl: string, Attributes: Record<string, string>) =>
  client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));

const EMPTY = {
  ApproximateNumberOfMessages: "0",
  ApproximateNumberOfMessagesDelayed: "0",
  ApproximateNumberOfMessagesNotVisible: "0",
};
const DEFAULTS = {
  ...EMPTY,
  DelaySeconds: "0",
  MaximumMessageSize: "1048576",
  MessageRetentionPeriod: "345600",
  ReceiveMessageWaitTimeSeconds: "0",
  VisibilityTimeout: "30",
};
/** An object with these fields and no others. */
const exactly = (answer: object) => ({ attributes: expect.toSatisfy((got) => same(got, answer)) as object });
const same = (got: unknown, answer: object) => JSON.stringify(sorted(got)) === JSON.stringify(sorted(answer));
const sorted = (value: unknown) => Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));

const KMS = { KmsMasterKeyId: "testKeyId", KmsDataKeyReusePeriodSeconds: "6000", SqsManagedSseEnabled: "false" };
const DEFAULT_VALUES = "test_set_queue_attributes_default_values";
const attributes: readonly Row[] = [
  [
    "test_create_and_update_queue_attributes, get_queue_attributes",
    async (client, { another }) =>
      attributesOf(
        client,
        await another({
          MessageRetentionPeriod: "604800",
          ReceiveMessageWaitTimeSeconds: "10",
          VisibilityTimeout: "20",
        }),
      ),
    exactly({
      ...DEFAULTS,
      MessageRetentionPeriod: "604800",
      ReceiveMessageWaitTimeSeconds: "10",
      VisibilityTimeout: "20",
      SqsManagedSseEnabled: "true",
    }),
  ],
  [
    `${DEFAULT_VALUES}, get-queue-attributes-initial-values`,
    (client, { QueueUrl }) => attributesOf(client, QueueUrl),
    exactly({ ...DEFAULTS, SqsManagedSseEnabled: "true" }),
  ],
  [
    `${DEFAULT_VALUES}, get-queue-attributes-after-update`,
    async (client, { QueueUrl }) => {
      await set(client, QueueUrl, KMS);
      return attributesOf(client, QueueUrl);
    },
    exactly({ ...DEFAULTS, ...KMS }),
  ],
  [
    `${DEFAULT_VALUES}, get-queue-attributes-after-set-to-defaults`,
    async (client, { QueueUrl }) => {
      await set(client, QueueUrl, KMS);
      await set(client, QueueUrl, { KmsMasterKeyId: "", KmsDataKeyReusePeriodSeconds: "" });
      return attributesOf(client, QueueUrl);
    },
    exactly({ ...DEFAULTS, SqsManagedSseEnabled: "false" }),
  ],
  [
    "test_sse_queue_attributes, sse_kms_attributes",
    async (client, { another }) =>
      attributesOf(
        client,
        await another(KMS),
        "KmsMasterKeyId",
        "KmsDataKeyReusePeriodSeconds",
        "SqsManagedSseEnabled",
      ),
    exactly(KMS),
  ],
  [
    "test_sse_queue_attributes, sse_sqs_attributes",
    async (client, { another }) =>
      attributesOf(
        client,
        await another({ SqsManagedSseEnabled: "true" }),
        "KmsMasterKeyId",
        "KmsDataKeyReusePeriodSeconds",
        "SqsManagedSseEnabled",
      ),
    exactly({ SqsManagedSseEnabled: "true" }),
  ],
  [
    "test_sse_kms_and_sqs_are_mutually_exclusive",
    async (client, { another }) => set(client, await another(KMS), { SqsManagedSseEnabled: "true" }),
    refused(
      "InvalidAttributeName",
      "You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.",
    ),
  ],
  ...(["true", "false"] as const).map(
    (value, at): Row => [
      `test_set_unsupported_attribute_standard, invalid-attr-name-${at + 1}`,
      (client, { QueueUrl }) => set(client, QueueUrl, { FifoQueue: value }),
      unknownAttribute("FifoQueue"),
    ],
  ),
  ...(
    [
      ["fifo-queue", "FifoQueue", "false", unknownAttribute("FifoQueue").message],
      [
        "content-based-deduplication",
        "ContentBasedDeduplication",
        "true",
        unknownAttribute("ContentBasedDeduplication").message,
      ],
      [
        "deduplication-scope",
        "DeduplicationScope",
        "queue",
        "You can specify the DeduplicationScope only when FifoQueue is set to true.",
      ],
      [
        "throughput-limit",
        "FifoThroughputLimit",
        "perQueue",
        "You can specify the FifoThroughputLimit only when FifoQueue is set to true.",
      ],
    ] as const
  ).map(
    ([label, name, value, message]): Row => [
      `test_create_standard_queue_with_fifo_attribute_raises_error, invalid-attribute-${label}`,
      (_, { another }) => another({ [name]: value }),
      refused("InvalidAttributeName", message),
    ],
  ),
  [
    "test_create_queue_with_different_attributes_raises_exception, create_queue_02",
    async (client, { QueueUrl, name }) => {
      await set(client, QueueUrl, { DelaySeconds: "1" });
      return client.send(new CreateQueueCommand({ QueueName: name, Attributes: { DelaySeconds: "2" } }));
    },
    refused(
      "QueueAlreadyExists",
      "A queue already exists with the same name and a different value for attribute DelaySeconds",
    ),
  ],
  [
    "test_non_existent_queue, queue-does-not-exist",
    (client, { name }) => client.send(new GetQueueUrlCommand({ QueueName: `${name}-gone` })),
    NO_QUEUE,
  ],
  [
    "test_non_existent_queue, queue-does-not-exist-url",
    (client, { QueueUrl }) => attributesOf(client, `${QueueUrl}-gone`),
    NO_QUEUE,
  ],
  [
    "test_successive_purge_calls_fail",
    async (client, { QueueUrl, name }) => {
      await client.send(new PurgeQueueCommand({ QueueUrl }));
      return client.send(new PurgeQueueCommand({ QueueUrl })).catch((error: Error) => {
        error.message = error.message.replace(name, "NAME");
        throw error;
      });
    },
    refused(
      "AWS.SimpleQueueService.PurgeQueueInProgress",
      "Only one PurgeQueue operation on NAME is allowed every 60 seconds.",
      403,
    ),
  ],
];

const tagsOf = async (client: SQSClient, { QueueUrl }: Queue, untagged: readonly string[]) => {
  await client.send(new TagQueueCommand({ QueueUrl, Tags: { tag1: "value1", tag2: "value2", tag3: "" } }));
  if (untagged.length > 0) await client.send(new UntagQueueCommand({ QueueUrl, TagKeys: [...untagged] }));
  const { Tags } = await client.send(new ListQueueTagsCommand({ QueueUrl }));
  return { hasTags: Tags !== undefined, attributes: Tags ?? {} };
};
const tags: readonly Row[] = [
  ["get-tag-1", [], { tag1: "value1", tag2: "value2", tag3: "" }],
  ["get-tag-2", ["tag1", "tag3"], { tag2: "value2" }],
  ["get-tag-after-untag", ["tag1", "tag2", "tag3"], {}],
].map(
  ([label, untagged, left]): Row => [
    `test_tag_untag_queue, ${label}`,
    (client, queue) => tagsOf(client, queue, untagged as readonly string[]),
    { hasTags: Object.keys(left as object).length > 0, ...exactly(left as object) },
  ],
);

/** Ten queues of a name of their own, and what a list of them shows: the ends of their names. */
async function listed(client: SQSClient, name: string, page: { readonly MaxResults?: number } = {}, isRest = false) {
  const prefix = `${name}-list`;
  const names = Array.from({ length: 10 }, (_, at) => `${prefix}-${at}`);
  for (const QueueName of names) await client.send(new CreateQueueCommand({ QueueName }));
  const list = (input: object) => client.send(new ListQueuesCommand({ QueueNamePrefix: prefix, ...input }));
  const first = await list(page);
  const { QueueUrls = [], NextToken } = isRest ? await list({ MaxResults: 10, NextToken: first.NextToken }) : first;
  return { names: QueueUrls.map((url) => url.slice(-1)).join(""), hasMore: NextToken !== undefined };
}
const lists: readonly Row[] = [
  [
    "test_list_queues_pagination, list_all",
    (client, { name }) => listed(client, name),
    { names: "0123456789", hasMore: false },
  ],
  [
    "test_list_queues_pagination, list_two_max",
    (client, { name }) => listed(client, name, { MaxResults: 2 }),
    { names: "01", hasMore: true },
  ],
  [
    "test_list_queues_pagination, list_remaining",
    (client, { name }) => listed(client, name, { MaxResults: 2 }, true),
    { names: "23456789", hasMore: false },
  ],
];

const [OTHER, OWN] = ["668614515564", "111111111111"];
const LABEL = "crossaccountpermission";
const permit = (client: SQSClient, { QueueUrl }: Queue, Label: string, ...AWSAccountIds: readonly string[]) =>
  client.send(
    new AddPermissionCommand({ QueueUrl, Label, AWSAccountIds: [...AWSAccountIds], Actions: ["ReceiveMessage"] }),
  );
const forbid = (client: SQSClient, { QueueUrl }: Queue, Label: string) =>
  client.send(new RemovePermissionCommand({ QueueUrl, Label }));
/** The policy of the queue, with its ARN taken out. */
const policy = async (client: SQSClient, { QueueUrl }: Queue) => {
  const asked = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["Policy", "QueueArn"] }));
  const { Policy, QueueArn = "" } = asked.Attributes ?? {};
  return { policy: Policy === undefined ? "none" : (JSON.parse(Policy.replaceAll(QueueArn, "QUEUE")) as object) };
};
const root = (account: string) => `arn:aws:iam::${account}:root`;
const statement = (Sid: string, AWS: string | readonly string[]) => ({
  Sid,
  Effect: "Allow",
  Principal: { AWS },
  Action: "SQS:ReceiveMessage",
  Resource: "QUEUE",
});
const document = (...Statement: readonly object[]) => ({
  policy: { Version: "2008-10-17", Id: expect.stringMatching(/^QUEUE\/./) as string, Statement },
});
const LIFECYCLE = "test_sqs_permission_lifecycle";
const invalidLabel = (label: string, reason: string) =>
  refused("InvalidParameterValue", `Value ${label} for parameter Label is invalid. Reason: ${reason}`);
const fieldsOf = ({ $metadata: _, ...fields }: { readonly $metadata: object }) => ({ fields });
const permissions: readonly Row[] = [
  [
    `${LIFECYCLE}, add-permission-response`,
    async (client, queue) => fieldsOf(await permit(client, queue, LABEL, OTHER, OWN)),
    { fields: {} },
  ],
  [
    `${LIFECYCLE}, remove-permission-response`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OTHER, OWN);
      return fieldsOf(await forbid(client, queue, LABEL));
    },
    { fields: {} },
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OTHER, OWN);
      return policy(client, queue);
    },
    document(statement(LABEL, [root(OTHER), root(OWN)])),
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-after-removal`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OTHER, OWN);
      await forbid(client, queue, LABEL);
      return policy(client, queue);
    },
    { policy: "none" },
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-first-account-same-label`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OWN);
      return policy(client, queue);
    },
    document(statement(LABEL, root(OWN))),
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-second-account-same-label`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OWN);
      return permit(client, queue, LABEL, OTHER);
    },
    invalidLabel(LABEL, "Already exists."),
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-second-account-different-label`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OWN);
      await permit(client, queue, `${LABEL}2`, OWN);
      return policy(client, queue);
    },
    document(statement(LABEL, root(OWN)), statement(`${LABEL}2`, root(OWN))),
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-delete-first-permission`,
    async (client, queue) => {
      await permit(client, queue, LABEL, OWN);
      await permit(client, queue, `${LABEL}2`, OWN);
      await forbid(client, queue, LABEL);
      return policy(client, queue);
    },
    document(statement(`${LABEL}2`, root(OWN))),
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-delete-second-permission`,
    async (client, queue) => {
      for (const label of [LABEL, `${LABEL}2`]) await permit(client, queue, label, OWN);
      for (const label of [LABEL, `${LABEL}2`]) await forbid(client, queue, label);
      return policy(client, queue);
    },
    { policy: "none" },
  ],
  [
    `${LIFECYCLE}, get-queue-policy-attribute-delete-non-existent-label`,
    (client, queue) => forbid(client, queue, `${LABEL}2`),
    invalidLabel(`${LABEL}2`, "can't find label."),
  ],
];

/** AWS serves FIFO queues; the embedded SQS refuses them by name. */
const fifo: readonly Row[] = (
  [
    ["test_fifo_message_attributes", {}],
    ["test_create_fifo_queue_with_different_attributes_raises_error", { ContentBasedDeduplication: "true" }],
    [
      "test_fifo_high_throughput_ordering",
      { DeduplicationScope: "messageGroup", FifoThroughputLimit: "perMessageGroupId" },
    ],
    ["test_fifo_delete_after_visibility_timeout", { VisibilityTimeout: "1" }],
  ] as const
).map(([recording, more]) => [
  `${recording}: refused by name`,
  (client, { name }) =>
    client.send(new CreateQueueCommand({ QueueName: `${name}.fifo`, Attributes: { FifoQueue: "true", ...more } })),
  {
    status: 400,
    code: "AWS.SimpleQueueService.UnsupportedOperation",
    message: expect.stringMatching(
      /^FIFO queues are not served by the embedded SQS \(recorded-\d+\.fifo\)\.$/,
    ) as string,
  },
]);

/** Answers about queues: their attributes, tags, policies and lists. */
export const recordedQueueCalls: readonly RecordedCall[] = [
  ...attributes,
  ...tags,
  ...lists,
  ...permissions,
  ...fifo,
].map(([recording, call, answer]) => ({ recording, call, answer }));
