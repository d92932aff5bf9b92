import {
  CreateTopicCommand,
  GetTopicAttributesCommand,
  type MessageAttributeValue,
  PublishBatchCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  type SNSClient,
  SubscribeCommand,
  TagResourceCommand,
} from "@aws-sdk/client-sns";
import type { Message } from "@aws-sdk/client-sqs";

/** The facts of an error: its HTTP status, code and message. */
export interface RecordedSnsError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** The topics and the queue of a call. */
export interface SnsPlace {
  readonly TopicArn: string;
  /** A queue, by ARN and URL. */
  readonly queueArn: string;
  readonly queueUrl: string;
  readonly fifoQueueArn: string;
  /** A subscription of the queue to the topic. */
  readonly SubscriptionArn: string;
  /** A topic that is not there. */
  readonly goneArn: string;
  newName(): string;
  /** The next message of the queue, with all attributes; waits for it. */
  received(): Promise<Message>;
}

/** A call that AWS refused. */
export interface RecordedSnsCall {
  /** The recording: a test of LocalStack's `tests/aws/services/sns/test_sns.py`, recorded between 2023 and 2026. */
  readonly recording: string;
  call(sns: SNSClient, place: SnsPlace): Promise<unknown>;
  readonly answer: RecordedSnsError;
}

const refused = (code: string, message: string, status = 400): RecordedSnsError => ({ status, code, message });
const invalid = (message: string) => refused("InvalidParameter", `Invalid parameter: ${message}`);
const NO_TOPIC = refused("NotFound", "Topic does not exist", 404);
const ARN_ELEMENTS = (count: number) => invalid(`TopicArn Reason: An ARN must have at least 6 elements, not ${count}`);
const attribute = (message: string) => refused("ParameterValueInvalid", message);
const TYPES =
  "The message attribute 'attr1' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.";

type Row = readonly [name: string, call: RecordedSnsCall["call"], answer: RecordedSnsError];

const bytes = new TextEncoder().encode("bytes");
const attributes: readonly (readonly [
  label: string,
  attributes: Readonly<Record<string, MessageAttributeValue>>,
  message: string,
])[] = [
  [
    "missing_string_attr",
    { attr1: { DataType: "String", StringValue: "" } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    "fully_missing_string_attr",
    { attr1: { DataType: "String" } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'String'.",
  ],
  [
    "missing_binary_attr",
    { attr1: { DataType: "Binary", BinaryValue: new Uint8Array() } },
    "The message attribute 'attr1' must contain non-empty message attribute value for message attribute type 'Binary'.",
  ],
  [
    "str_attr_binary_value",
    { attr1: { DataType: "String", BinaryValue: bytes } },
    "The message attribute 'attr1' with type 'String' must use field 'String'.",
  ],
  [
    "int_attr_binary_value",
    { attr1: { DataType: "Number", BinaryValue: bytes } },
    "The message attribute 'attr1' with type 'Number' must use field 'String'.",
  ],
  [
    "binary_attr_string_value",
    { attr1: { DataType: "Binary", StringValue: "text" } },
    "The message attribute 'attr1' with type 'Binary' must use field 'Binary'.",
  ],
  ["invalid_attr_string_value", { attr1: { DataType: "InvalidType", StringValue: "text" } }, TYPES],
  [
    "too_long_name",
    { ["a".repeat(257)]: { DataType: "String", StringValue: "text" } },
    "Length of message attribute name must be less than 256 bytes.",
  ],
  [
    "invalid_name",
    { "a^b": { DataType: "String", StringValue: "text" } },
    "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
  ],
  [
    "invalid_name_2",
    { ".a": { DataType: "String", StringValue: "text" } },
    "Invalid message attribute name starting with character '.' was found.",
  ],
  [
    "invalid_name_3",
    { "a.": { DataType: "String", StringValue: "text" } },
    "Invalid message attribute name ending with character '.' was found.",
  ],
  [
    "invalid_name_4",
    { "a..b": { DataType: "String", StringValue: "text" } },
    "Message attribute name can not have successive '.' character.",
  ],
];

const publish =
  (input: Partial<PublishCommand["input"]>) =>
  (sns: SNSClient, { TopicArn }: SnsPlace) =>
    sns.send(new PublishCommand({ TopicArn, Message: "hello", ...input }));
const setAttribute =
  (AttributeName: string, AttributeValue: string) =>
  (sns: SNSClient, { SubscriptionArn }: SnsPlace) =>
    sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));

const rows: readonly Row[] = [
  [
    "TestSNSTopicCrud::test_create_topic_with_attributes, get-attrs-nonexistent-topic",
    (sns, { goneArn }) => sns.send(new GetTopicAttributesCommand({ TopicArn: goneArn })),
    NO_TOPIC,
  ],
  [
    "TestSNSTopicCrud::test_create_topic_with_attributes, get-attrs-malformed-topic",
    (sns) => sns.send(new GetTopicAttributesCommand({ TopicArn: "test-topic" })),
    ARN_ELEMENTS(1),
  ],
  [
    "TestSNSTopicCrud::test_tags, duplicate-key-error",
    (sns, { TopicArn }) => {
      const Tags = ["a", "b"].map((Value) => ({ Key: "k", Value }));
      return sns.send(new TagResourceCommand({ ResourceArn: TopicArn, Tags }));
    },
    invalid("Duplicated keys are not allowed."),
  ],
  [
    "TestSNSTopicCrudV2::test_topic_get_attributes_with_fifo_false, set-fifo-false-after-creation",
    (sns, { TopicArn }) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "FifoTopic", AttributeValue: "false" })),
    invalid("AttributeName"),
  ],
  ...["", "a".repeat(257), "name.fifo", "with space", "with/slash", "with:colon", "with@at", "with.dot"].map(
    (Name): Row => [
      `TestSNSTopicCrudV2::test_create_topic_name_constraints, ${Name.slice(0, 12)}`,
      (sns) => sns.send(new CreateTopicCommand({ Name })),
      invalid("Topic Name"),
    ],
  ),
  [
    "TestSNSTopicCrudV2::test_create_topic_different_attrs, create-topic-diff-attrs",
    async (sns, { newName }) => {
      const Name = newName();
      await sns.send(new CreateTopicCommand({ Name, Attributes: { DisplayName: "one" } }));
      return sns.send(new CreateTopicCommand({ Name, Attributes: { DisplayName: "other" } }));
    },
    invalid("Attributes Reason: Topic already exists with different attributes"),
  ],
  [
    "TestSNSPublishCrud::test_publish_wrong_arn_format, invalid-topic-arn",
    publish({ TopicArn: "randomstring" }),
    ARN_ELEMENTS(1),
  ],
  [
    "TestSNSPublishCrud::test_publish_wrong_arn_format, invalid-topic-arn-1",
    publish({ TopicArn: "randomstring:1" }),
    ARN_ELEMENTS(2),
  ],
  ["TestSNSPublishCrud::test_publish_wrong_arn_format, empty-topic", publish({ TopicArn: "" }), ARN_ELEMENTS(1)],
  [
    "TestSNSPublishCrud::test_unknown_topic_publish",
    (sns, { goneArn }) => sns.send(new PublishCommand({ TopicArn: goneArn, Message: "hello" })),
    NO_TOPIC,
  ],
  ["TestSNSPublishCrud::test_publish_with_empty_subject", publish({ Subject: "" }), invalid("Subject")],
  ["TestSNSPublishCrud::test_empty_sns_message", publish({ Message: "" }), invalid("Empty message")],
  [
    "TestSNSPublishCrud::test_publish_too_long_message, error",
    publish({ Message: "a".repeat(262_145) }),
    invalid("Message too long"),
  ],
  [
    "TestSNSPublishCrud::test_publish_too_long_message, error-with-attrs",
    publish({
      Message: "a".repeat(262_144),
      MessageAttributes: { a: { DataType: "String", StringValue: "b" } },
    }),
    invalid("Message too long"),
  ],
  ...(
    [
      ["missing-default-key", { Message: '{"sqs": "hello"}' }, "No default entry in JSON message body"],
      ["invalid-json", { Message: "not-json" }, "JSON message body failed to parse"],
      ["key-is-not-string", { Message: '{"default": {"a": 1}}' }, "No default entry in JSON message body"],
    ] as const
  ).map(
    ([label, input, message]): Row => [
      `TestSNSPublishCrud::test_message_structure_json_exc, ${label}`,
      publish({ MessageStructure: "json", ...input }),
      invalid(`Message Structure - ${message}`),
    ],
  ),
  [
    "TestSNSSubscriptionCrud::test_subscribe_with_invalid_protocol",
    (sns, { TopicArn }) => sns.send(new SubscribeCommand({ TopicArn, Protocol: "test-protocol", Endpoint: "e" })),
    invalid("Amazon SNS does not support this protocol string: test-protocol"),
  ],
  [
    "TestSNSSubscriptionCrudV2::test_subscribe_unknown_topic",
    (sns, { goneArn, queueArn }) =>
      sns.send(new SubscribeCommand({ TopicArn: goneArn, Protocol: "sqs", Endpoint: queueArn })),
    NO_TOPIC,
  ],
  [
    "TestSNSSubscriptionCrudV2::test_subscribe_unknown_sqs_queue, invalid_arn",
    (sns, { TopicArn }) => sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: "invalid-arn" })),
    invalid("SQS endpoint ARN"),
  ],
  [
    "TestSNSSubscriptionSQS::test_subscribe_to_sqs_with_queue_url",
    (sns, { TopicArn, queueUrl }) => sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queueUrl })),
    invalid("SQS endpoint ARN"),
  ],
  [
    "TestSNSSubscriptionCrud::test_subscribe_idempotency, subscribe-diff-attributes",
    (sns, { TopicArn, queueArn }) =>
      sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: "sqs",
          Endpoint: queueArn,
          Attributes: { RawMessageDelivery: "true" },
        }),
      ),
    invalid("Attributes Reason: Subscription already exists with different attributes"),
  ],
  [
    "TestSNSSubscriptionCrud::test_not_found_error_on_set_subscription_attributes, sub-not-found",
    (sns, { SubscriptionArn }) =>
      sns.send(
        new SetSubscriptionAttributesCommand({
          SubscriptionArn: `${SubscriptionArn.slice(0, -4)}0000`,
          AttributeName: "RawMessageDelivery",
          AttributeValue: "true",
        }),
      ),
    refused("NotFound", "Subscription does not exist", 404),
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, fake-attribute",
    setAttribute("FakeAttribute", "v"),
    invalid("AttributeName"),
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, raw-message-wrong-value",
    setAttribute("RawMessageDelivery", "test-ValUe"),
    invalid("RawMessageDelivery: Invalid value [test-ValUe]. Must be true or false."),
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, raw-message-empty-value",
    setAttribute("RawMessageDelivery", ""),
    invalid("RawMessageDelivery: Invalid value []. Must be true or false."),
  ],
  [
    "TestSNSSubscriptionCrud::test_validate_set_sub_attributes, fake-arn-redrive-policy",
    setAttribute("RedrivePolicy", '{"deadLetterTargetArn": "fake-arn"}'),
    invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn"),
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_batch_messages_without_topic",
    (sns, { goneArn }) =>
      sns.send(new PublishBatchCommand({ TopicArn: goneArn, PublishBatchRequestEntries: [{ Id: "1", Message: "m" }] })),
    NO_TOPIC,
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_batch_exceptions, too-many-msg",
    (sns, { TopicArn }) => {
      const entries = Array.from({ length: 11 }, (_, at) => ({ Id: `${at}`, Message: "m" }));
      return sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
    },
    refused("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."),
  ],
  [
    "TestSNSSubscriptionSQS::test_publish_batch_exceptions, same-msg-id",
    (sns, { TopicArn }) => {
      const entries = Array.from({ length: 2 }, () => ({ Id: "1", Message: "m" }));
      return sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
    },
    refused("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id."),
  ],
  ...attributes.flatMap(([label, MessageAttributes, message]): Row[] => [
    [
      `TestSNSSubscriptionSQS::test_empty_or_wrong_message_attributes, ${label}`,
      publish({ MessageAttributes }),
      attribute(message),
    ],
    [
      `TestSNSSubscriptionSQS::test_empty_or_wrong_message_attributes, batch-${label}`,
      (sns, { TopicArn }) => {
        const entries = [{ Id: "1", Message: "m", MessageAttributes }];
        return sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
      },
      attribute(message),
    ],
  ]),
  ...["publish-error", "publish-error-2"].map(
    (label, at): Row => [
      `TestSNSSubscriptionSQS::test_message_attributes_prefixes, ${label}`,
      publish({ MessageAttributes: { attr1: { DataType: at === 0 ? "Stringprefixed" : "string", StringValue: "v" } } }),
      attribute(TYPES),
    ],
  ),
  [
    "TestSNSSubscriptionSQSFifo::test_validations_for_fifo, not-fifo-topic",
    (sns, { TopicArn, fifoQueueArn }) =>
      sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: fifoQueueArn })),
    invalid("Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics"),
  ],
  [
    "TestSNSSubscriptionSQSFifo::test_validations_for_fifo, no-msg-dedup-regular-topic",
    publish({ MessageDeduplicationId: "d" }),
    invalid(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    ),
  ],
];

/** Calls that AWS refused, row by row. */
export const recordedSnsCalls: readonly RecordedSnsCall[] = rows.map(([name, call, answer]) => ({
  recording: `test_sns.py::${name}`,
  call,
  answer,
}));
