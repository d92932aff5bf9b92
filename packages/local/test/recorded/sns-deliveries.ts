import {
  AddPermissionCommand,
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  PublishBatchCommand,
  PublishCommand,
  type PublishCommandInput,
  RemovePermissionCommand,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UnsubscribeCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-sns";
import { expect } from "vitest";
import type { RecordedSnsError, SnsPlace } from "./sns.ts";

/** A call, and the facts of AWS's answer or of what it delivered. */
export interface RecordedSnsAnswer {
  /** The recording: a test of LocalStack's `tests/aws/services/sns/test_sns.py`, recorded between 2023 and 2026. */
  readonly recording: string;
  call(sns: SNSClient, place: SnsPlace): Promise<unknown>;
  readonly answer: unknown;
}

type Row = readonly [recording: string, call: RecordedSnsAnswer["call"], answer: unknown];

const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const isText = expect.any(String) as string;
const refused = (code: string, message: unknown, status = 400) => ({ status, code, message }) as RecordedSnsError;

const K1 = { Key: "k1", Value: "v1" };
const K2 = { Key: "k2", Value: "v2" };
const tagsOf = async (sns: SNSClient, ResourceArn: string) =>
  (await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags;
const tagged = async (sns: SNSClient, { newName }: SnsPlace) => {
  const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: newName(), Tags: [K1, K2] }));
  return TopicArn;
};
const tags: readonly Row[] = [
  [
    "TestSNSTopicCrud::test_tags, list-created-tags",
    async (sns, place) => tagsOf(sns, await tagged(sns, place)),
    [K1, K2],
  ],
  [
    "TestSNSTopicCrud::test_tags, list-after-delete-tags",
    async (sns, place) => {
      const ResourceArn = await tagged(sns, place);
      await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["k1"] }));
      return tagsOf(sns, ResourceArn);
    },
    [K2],
  ],
  [
    "TestSNSTopicCrud::test_tags, list-after-update-tags",
    async (sns, place) => {
      const ResourceArn = await tagged(sns, place);
      await sns.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "k2", Value: "v2b" }] }));
      return (await tagsOf(sns, ResourceArn))?.find(({ Key }) => Key === "k2");
    },
    { Key: "k2", Value: "v2b" },
  ],
  [
    "TestSNSTopicCrud::test_tags_removed_after_deletion, list-empty-tags",
    async (sns, place) => {
      const TopicArn = await tagged(sns, place);
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      await sns.send(new CreateTopicCommand({ Name: TopicArn.split(":")[5] ?? "" }));
      return tagsOf(sns, TopicArn);
    },
    [],
  ],
  [
    "TestSNSTopicCrud::test_create_duplicate_topic_with_more_tags",
    async (sns, { newName }) => {
      const Name = newName();
      await sns.send(new CreateTopicCommand({ Name }));
      return sns.send(new CreateTopicCommand({ Name, Tags: [K1] }));
    },
    refused("InvalidParameter", "Invalid parameter: Tags Reason: Topic already exists with different tags"),
  ],
  [
    "TestSNSTopicCrud::test_create_duplicate_topic_check_idempotency",
    async (sns, { newName }) => {
      const Name = newName();
      const all = [{ Tags: [K1, K2] }, { Tags: [K1, K2] }, { Tags: [K1] }, {}];
      const arns: (string | undefined)[] = [];
      for (const each of all) arns.push((await sns.send(new CreateTopicCommand({ Name, ...each }))).TopicArn);
      return new Set(arns).size;
    },
    1,
  ],
];

/** The attributes of a topic, with its ARN and its account taken out. */
async function topicAttributes(sns: SNSClient, TopicArn: string) {
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }));
  const account = TopicArn.split(":")[4] ?? "";
  const text = JSON.stringify(Attributes).replaceAll(TopicArn, "TOPIC").replaceAll(account, "ACCOUNT");
  const { Policy = "{}", EffectiveDeliveryPolicy = "{}", ...rest } = JSON.parse(text) as Record<string, string>;
  return { ...rest, Policy: JSON.parse(Policy) as object, delivery: JSON.parse(EffectiveDeliveryPolicy) as object };
}
const ACTIONS = ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic"];
const TOPIC = {
  DisplayName: "",
  Owner: "ACCOUNT",
  SubscriptionsConfirmed: "0",
  SubscriptionsDeleted: "0",
  SubscriptionsPending: "0",
  TopicArn: "TOPIC",
  Policy: {
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [...ACTIONS, "Subscribe", "ListSubscriptionsByTopic", "Publish"].map((action) => `SNS:${action}`),
        Resource: "TOPIC",
        Condition: { StringEquals: { "AWS:SourceOwner": "ACCOUNT" } },
      },
    ],
  },
  delivery: {
    http: {
      defaultHealthyRetryPolicy: {
        minDelayTarget: 20,
        maxDelayTarget: 20,
        numRetries: 3,
        numMaxDelayRetries: 0,
        numNoDelayRetries: 0,
        numMinDelayRetries: 0,
        backoffFunction: "linear",
      },
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: "text/plain; charset=UTF-8" },
    },
  },
};
const notServed = (action: string) => refused("InvalidAction", expect.stringContaining(`does not serve ${action}`));
const topics: readonly Row[] = [
  [
    "TestSNSTopicCrud::test_create_topic_test_arn, get-topic-attrs",
    async (sns, { newName }) => {
      const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: newName() }));
      return topicAttributes(sns, TopicArn);
    },
    TOPIC,
  ],
  [
    "TestSNSTopicCrudV2::test_create_topic_should_be_idempotent, topic-attrs-idempotent-2",
    async (sns, { newName }) => {
      const Name = newName();
      await sns.send(new CreateTopicCommand({ Name, Attributes: { DisplayName: "AlreadySet" } }));
      const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name }));
      return topicAttributes(sns, TopicArn);
    },
    { ...TOPIC, DisplayName: "AlreadySet" },
  ],
  [
    "TestSNSTopicCrud::test_delete_topic_idempotency, delete-topic-again",
    async (sns, { TopicArn }) => {
      await sns.send(new DeleteTopicCommand({ TopicArn }));
      return (await sns.send(new DeleteTopicCommand({ TopicArn }))).$metadata.httpStatusCode;
    },
    200,
  ],
  [
    "TestSNSTopicCrudV2::test_topic_add_permission: refused by name",
    (sns, { TopicArn }) =>
      sns.send(
        new AddPermissionCommand({ TopicArn, Label: "test", AWSAccountId: ["111111111111"], ActionName: ["Publish"] }),
      ),
    notServed("AddPermission"),
  ],
  [
    "TestSNSTopicCrudV2::test_topic_remove_permission: refused by name",
    (sns, { TopicArn }) => sns.send(new RemovePermissionCommand({ TopicArn, Label: "test" })),
    notServed("RemovePermission"),
  ],
];

/** The attributes of a subscription, with the ARNs of this run taken out. */
async function subscriptionAttributes(sns: SNSClient, { queueArn, TopicArn }: SnsPlace, SubscriptionArn: string) {
  const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  const { SubscriptionPrincipal: _, Owner, ...rest } = Attributes;
  const text = JSON.stringify(rest).replaceAll(SubscriptionArn, "SUBSCRIPTION").replaceAll(TopicArn, "TOPIC");
  return { ...(JSON.parse(text.replaceAll(queueArn, "QUEUE")) as object), isOwner: Owner === TopicArn.split(":")[4] };
}
const SUBSCRIPTION = {
  ConfirmationWasAuthenticated: "true",
  Endpoint: "QUEUE",
  PendingConfirmation: "false",
  Protocol: "sqs",
  RawMessageDelivery: "false",
  SubscriptionArn: "SUBSCRIPTION",
  TopicArn: "TOPIC",
  isOwner: true,
};
const set = (sns: SNSClient, SubscriptionArn: string, AttributeName: string, AttributeValue: string) =>
  sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
const AT = "\n at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: 1, column:";
const POLICY = { attr1: [{ numeric: [">", 0, "<=", 100] }] };
const subscriptions: readonly Row[] = [
  [
    "TestSNSSubscriptionCrud::test_not_found_error_on_set_subscription_attributes, sub-attrs",
    (sns, place) => subscriptionAttributes(sns, place, place.SubscriptionArn),
    SUBSCRIPTION,
  ],
  [
    "TestSNSSubscriptionCrud::test_not_found_error_on_set_subscription_attributes, subscriptions-for-topic-before-unsub",
    async (sns, { TopicArn, SubscriptionArn, queueArn }) => {
      const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
      const [{ Owner, ...only } = {}] = Subscriptions;
      const own = { Endpoint: queueArn, Protocol: "sqs", SubscriptionArn, TopicArn };
      return {
        count: Subscriptions.length,
        isSame: JSON.stringify(sorted(only)) === JSON.stringify(sorted(own)),
        hasOwner: Owner === TopicArn.split(":")[4],
      };
    },
    { count: 1, isSame: true, hasOwner: true },
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, invalid-json-redrive-policy",
    (sns, { SubscriptionArn }) => set(sns, SubscriptionArn, "RedrivePolicy", "{invalidjson}"),
    refused(
      "InvalidParameter",
      `Invalid parameter: RedrivePolicy: failed to parse JSON. Unexpected character ('i' (code 105)): was expecting double-quote to start field name${AT} 2]`,
    ),
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, invalid-json-filter-policy",
    (sns, { SubscriptionArn }) => set(sns, SubscriptionArn, "FilterPolicy", "{invalidjson}"),
    refused(
      "InvalidParameter",
      expect.stringMatching(
        /^Invalid parameter: FilterPolicy: failed to parse JSON\. Unexpected character \('i' \(code 105\)\)/,
      ),
    ),
  ],
  [
    "TestSNSSubscriptionCrudV2::test_subscribe_invalid_filter_policy",
    async (sns, { newName, queueArn }) => {
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: newName() }));
      const Attributes = { FilterPolicy: "invalid policy" };
      return sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queueArn, Attributes }));
    },
    refused(
      "InvalidParameter",
      `Invalid parameter: Attributes Reason: FilterPolicy: failed to parse JSON. Unrecognized token 'invalid': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')${AT} 8]`,
    ),
  ],
  [
    "TestSNSSubscriptionSQS::test_subscribe_sqs_queue, subscription-attributes",
    async (sns, place) => {
      await set(sns, place.SubscriptionArn, "FilterPolicy", JSON.stringify(POLICY));
      return subscriptionAttributes(sns, place, place.SubscriptionArn);
    },
    { ...SUBSCRIPTION, FilterPolicy: JSON.stringify(POLICY), FilterPolicyScope: "MessageAttributes" },
  ],
  [
    "TestSNSSubscriptionCrudV2::test_set_subscription_attributes",
    async (sns, place) => {
      await set(sns, place.SubscriptionArn, "RawMessageDelivery", "true");
      return subscriptionAttributes(sns, place, place.SubscriptionArn);
    },
    { ...SUBSCRIPTION, RawMessageDelivery: "true" },
  ],
  [
    "TestSNSSubscriptionCrudV2::test_double_subscription, double-subscription-second",
    async (sns, { TopicArn, queueArn, SubscriptionArn }) => {
      const again = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queueArn }));
      return again.SubscriptionArn === SubscriptionArn;
    },
    true,
  ],
  [
    "TestSNSSubscriptionCrudV2::test_subscribe_unknown_sqs_queue, subscribe-unknown-sqs",
    async (sns, { TopicArn, queueArn }) => {
      const made = await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: `${queueArn}-gone` }));
      return made.SubscriptionArn?.startsWith(`${TopicArn}:`);
    },
    true,
  ],
  [
    "TestSNSSubscriptionCrud::test_unsubscribe_idempotency, unsubscribe-2",
    async (sns, { SubscriptionArn }) => {
      await sns.send(new UnsubscribeCommand({ SubscriptionArn }));
      return (await sns.send(new UnsubscribeCommand({ SubscriptionArn }))).$metadata.httpStatusCode;
    },
    200,
  ],
  [
    "TestSNSSubscriptionCrudV2::test_subscribe_sms: refused by name",
    (sns, { TopicArn }) => sns.send(new SubscribeCommand({ TopicArn, Protocol: "sms", Endpoint: "+15551234567" })),
    refused("InvalidParameter", expect.stringContaining("not to sms")),
  ],
];
const sorted = (value: object) => Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));

const published = async (sns: SNSClient, place: SnsPlace, input: Partial<PublishCommandInput>) => {
  await sns.send(new PublishCommand({ TopicArn: place.TopicArn, Message: "Test msg", ...input }));
  return place.received();
};
/** A notification, with the ARNs of this run taken out. */
const body = (place: SnsPlace, text: string) => {
  const { TopicArn, UnsubscribeURL, ...rest } = JSON.parse(text) as Record<string, string>;
  return {
    ...rest,
    isTopic: TopicArn === place.TopicArn,
    isUnsubscribe: decodeURIComponent(UnsubscribeURL ?? "").endsWith(
      `/?Action=Unsubscribe&SubscriptionArn=${place.SubscriptionArn}`,
    ),
  };
};
const notified = (Message: string, more: object = {}) => ({
  Type: "Notification",
  MessageId: UUID,
  Message,
  Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
  SignatureVersion: "1",
  Signature: isText,
  SigningCertURL: expect.stringMatching(/\/SimpleNotificationService.*\.pem$/) as string,
  isTopic: true,
  isUnsubscribe: true,
  ...more,
});
const number = (StringValue: string) => ({ DataType: "Number", StringValue });
const UNICODE = 'öüäß"_!?,. £$-';
const BINARY = { DataType: "Binary", BinaryValue: new Uint8Array([2, 3, 4]) };
const TRACE = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
const deliveries: readonly Row[] = [
  [
    "TestSNSSubscriptionSQS::test_publish_unicode_chars",
    async (sns, place) => body(place, (await published(sns, place, { Message: UNICODE })).Body ?? ""),
    notified(UNICODE),
  ],
  [
    "TestSNSPublishCrud::test_publish_message_before_subscribe_topic, receive-messages",
    async (sns, place) => {
      const Subject = "test-subject-after-sub";
      return body(place, (await published(sns, place, { Message: "test_message_after", Subject })).Body ?? "");
    },
    notified("test_message_after", { Subject: "test-subject-after-sub" }),
  ],
  [
    "TestSNSPublishCrud::test_publish_message_by_target_arn, receive-target-arn",
    async (sns, place) => {
      await sns.send(new PublishCommand({ TargetArn: place.TopicArn, Message: "test-msg-2" }));
      return body(place, (await place.received()).Body ?? "");
    },
    notified("test-msg-2"),
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_sqs_from_sns, message-raw-false",
    async (sns, place) =>
      body(place, (await published(sns, place, { MessageAttributes: { attr1: number("100.12") } })).Body ?? ""),
    notified("Test msg", { MessageAttributes: { attr1: { Type: "Number", Value: "100.12" } } }),
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_sqs_from_sns, message-raw-true",
    async (sns, place) => {
      await set(sns, place.SubscriptionArn, "RawMessageDelivery", "true");
      const message = await published(sns, place, { MessageAttributes: { attr1: number("99.12") } });
      const { Body, MD5OfMessageAttributes, MessageAttributes } = message;
      return { Body, MD5OfMessageAttributes, MessageAttributes };
    },
    {
      Body: "Test msg",
      MD5OfMessageAttributes: "d302007e9aa062660afc85fd0a482472",
      MessageAttributes: { attr1: number("99.12") },
    },
  ],
  [
    "TestSNSSubscriptionSQS::test_attribute_raw_subscribe, messages-response",
    async (sns, place) => {
      await set(sns, place.SubscriptionArn, "RawMessageDelivery", "true");
      const message = await published(sns, place, { MessageAttributes: { store: BINARY } });
      const { store } = message.MessageAttributes ?? {};
      return { type: store?.DataType, value: [...(store?.BinaryValue ?? [])] };
    },
    { type: "Binary", value: [2, 3, 4] },
  ],
  ...(
    [
      ["get-msg-json-sqs", { default: "default field", sqs: '{"field": "value"}' }, '{"field": "value"}'],
      ["get-msg-json-default", { default: "default field" }, "default field"],
    ] as const
  ).map(
    ([label, message, text]): Row => [
      `TestSNSSubscriptionSQS::test_message_structure_json_to_sqs, ${label}`,
      async (sns, place) => {
        const input = { Message: JSON.stringify(message), MessageStructure: "json" };
        return body(place, (await published(sns, place, input)).Body ?? "");
      },
      notified(text),
    ],
  ),
  [
    "TestSNSPublishCrud::test_message_structure_json_exc, duplicate-json-keys",
    async (sns, { TopicArn }) => {
      const Message = '{"default": "This is a default message", "sqs": "one", "sqs": "two"}';
      return (await sns.send(new PublishCommand({ TopicArn, Message, MessageStructure: "json" }))).MessageId;
    },
    UUID,
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_batch_messages_from_sns_to_sqs, publish-batch",
    async (sns, { TopicArn }) => {
      const PublishBatchRequestEntries = ["1", "2", "3", "4", "5"].map((Id) => ({ Id, Message: `message ${Id}` }));
      const answer = await sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
      return { failed: answer.Failed, successful: answer.Successful };
    },
    { failed: [], successful: ["1", "2", "3", "4", "5"].map((Id) => ({ Id, MessageId: UUID })) },
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_batch_messages_from_sns_to_sqs, messages, two attributes",
    async (sns, place) => {
      await set(sns, place.SubscriptionArn, "RawMessageDelivery", "true");
      const MessageAttributes = { attr1: number("99.12"), attr2: number("109.12") };
      const entry = { Id: "1", Message: "Test Message with two attributes", MessageAttributes };
      await sns.send(new PublishBatchCommand({ TopicArn: place.TopicArn, PublishBatchRequestEntries: [entry] }));
      const { Body, MD5OfMessageAttributes } = await place.received();
      return { Body, MD5OfMessageAttributes };
    },
    { Body: "Test Message with two attributes", MD5OfMessageAttributes: "9b720b3af309c1c4b0d395c53b08c502" },
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_message_group_id",
    async (sns, place) => {
      const message = await published(sns, place, { MessageGroupId: "my-group-id-1" });
      return message.Attributes?.MessageGroupId;
    },
    "my-group-id-1",
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_sqs_from_sns_with_xray_propagation",
    async (sns, place) => {
      sns.middlewareStack.add(
        (next) => (args) => {
          (args.request as { readonly headers: Record<string, string> }).headers["x-amzn-trace-id"] = TRACE;
          return next(args);
        },
        { step: "build", name: "trace" },
      );
      try {
        return (await published(sns, place, {})).Attributes?.AWSTraceHeader;
      } finally {
        sns.middlewareStack.remove("trace");
      }
    },
    TRACE,
  ],
  [
    "TestSNSSubscriptionSQS::test_redrive_policy_sqs_queue_subscription[False]",
    async (sns, place) => {
      const { TopicArn, queueArn } = place;
      const gone = { TopicArn, Protocol: "sqs", Endpoint: `${queueArn}-gone`, ReturnSubscriptionArn: true };
      const { SubscriptionArn = "" } = await sns.send(new SubscribeCommand(gone));
      await set(sns, SubscriptionArn, "RedrivePolicy", JSON.stringify({ deadLetterTargetArn: queueArn }));
      await sns.send(new UnsubscribeCommand({ SubscriptionArn: place.SubscriptionArn }));
      const MessageAttributes = { attr1: number("111"), attr2: BINARY };
      const message = await published(sns, place, {
        Message: "test_dlq_after_sqs_endpoint_deleted",
        MessageAttributes,
      });
      return body({ ...place, SubscriptionArn }, message.Body ?? "");
    },
    notified("test_dlq_after_sqs_endpoint_deleted", {
      MessageAttributes: { attr1: { Type: "Number", Value: "111" }, attr2: { Type: "Binary", Value: "AgME" } },
    }),
  ],
];

/** Topics, tags and subscriptions as AWS showed them, and messages as it delivered them, row by row. */
export const recordedSnsAnswers: readonly RecordedSnsAnswer[] = [
  ...tags,
  ...topics,
  ...subscriptions,
  ...deliveries,
].map(([name, call, answer]) => ({ recording: `test_sns.py::${name}`, call, answer }));
