import {
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** The facts of an error: its HTTP status, the code of the older protocol, the message. */
export interface RecordedError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A call, and the facts of AWS's answer. */
export interface RecordedCall {
  /** The recording: a test of LocalStack's `tests/aws/services/sqs/test_sqs.py`, recorded in 2024 and 2025. */
  readonly recording: string;
  /** Makes the call on a queue; what it answers with is held against `answer`. */
  call(client: SQSClient, queue: Queue): Promise<unknown>;
  readonly answer: RecordedError | object;
}

/** A new queue, and how to make another. */
export interface Queue {
  readonly QueueUrl: string;
  readonly name: string;
  another(attributes: Readonly<Record<string, string>>): Promise<string>;
}

const invalid = (message: string): RecordedError => ({ status: 400, code: "InvalidParameterValue", message });
const ofBatch = (code: string, message: string): RecordedError => ({
  status: 400,
  code: `AWS.SimpleQueueService.${code}`,
  message,
});

const BATCH_ID = ofBatch(
  "InvalidBatchEntryId",
  "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
);
const TOO_MANY = ofBatch(
  "TooManyEntriesInBatchRequest",
  "Maximum number of entries per request are 10. You have sent 20.",
);
const twenty = Array.from({ length: 20 }, (_, at) => ({ Id: `${at}`, ReceiptHandle: "handle", VisibilityTimeout: 1 }));
const groupId = (given: string) =>
  invalid(
    `Value ${given} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );

/** Sends "msg" with attributes, and answers with the message that it receives as `input` says. */
async function received(client: SQSClient, { QueueUrl }: Queue, input: object): Promise<object> {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  const MessageAttributes = { Hello: text("There"), General: text("Kenobi"), "Help.Me": text("Me") };
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "msg", MessageAttributes }));
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...input }));
  return Messages[0] ?? {};
}

const MD5_OF_MSG = "6e2baaf3b97dbeef01c0043275f9a0e7";
const bodyAlone = { Body: "msg", MD5OfBody: MD5_OF_MSG };
const ALL_MD5 = "4c360f3fdafd970e05fae2f149d997f5";
const hello = { Hello: { DataType: "String", StringValue: "There" } };
const help = { "Help.Me": { DataType: "String", StringValue: "Me" } };
const general = { General: { DataType: "String", StringValue: "Kenobi" } };

export const recordedCalls: readonly RecordedCall[] = [
  {
    recording: "test_send_receive_max_number_of_messages",
    call: (client, { QueueUrl }) => client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 11 })),
    answer: invalid(
      "Value 11 for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.",
    ),
  },
  {
    recording: "test_send_oversized_message",
    call: (client, { QueueUrl }) =>
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1_048_577) })),
    answer: invalid("One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes."),
  },
  {
    recording: "test_send_message_batch_with_oversized_contents",
    call: (client, { QueueUrl }) => {
      const Entries = [
        { Id: "1", MessageBody: "x".repeat(1_048_576) },
        { Id: "2", MessageBody: "a" },
      ];
      return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    },
    answer: ofBatch(
      "BatchRequestTooLong",
      "Batch requests cannot be longer than 1048576 bytes. You have sent 1048577 bytes.",
    ),
  },
  {
    recording: "test_create_queue_with_different_attributes_raises_exception",
    call: (client, { name }) =>
      client.send(new CreateQueueCommand({ QueueName: name, Attributes: { DelaySeconds: "2" } })),
    answer: {
      status: 400,
      code: "QueueAlreadyExists",
      message: "A queue already exists with the same name and a different value for attribute DelaySeconds",
    },
  },
  {
    recording: "test_too_many_entries_in_batch_request",
    call: (client, { QueueUrl }) => {
      const Entries = twenty.map(({ Id }) => ({ Id, MessageBody: "a" }));
      return client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    },
    answer: TOO_MANY,
  },
  {
    recording: "test_delete_message_batch_with_too_large_batch",
    call: (client, { QueueUrl }) => client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: twenty })),
    answer: TOO_MANY,
  },
  {
    recording: "test_change_message_visibility_batch_with_too_large_batch",
    call: (client, { QueueUrl }) => client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries: twenty })),
    answer: TOO_MANY,
  },
  {
    recording: "test_invalid_batch_id",
    call: (client, { QueueUrl }) =>
      client.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: "a:b", MessageBody: "a" }] })),
    answer: BATCH_ID,
  },
  ...["", "x".repeat(101), "invalid:id"].map(
    (Id): RecordedCall => ({
      recording: `test_delete_message_batch_invalid_msg_id[sqs-${Id.slice(0, 10)}]`,
      call: (client, { QueueUrl }) =>
        client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id, ReceiptHandle: "handle" }] })),
      answer: BATCH_ID,
    }),
  ),
  {
    recording: "test_send_message_with_empty_string_attribute",
    call: (client, { QueueUrl }) => {
      const MessageAttributes = { ErrorDetails: { DataType: "String", StringValue: "" } };
      return client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageAttributes }));
    },
    answer: invalid("Message (user) attribute 'ErrorDetails' must contain a non-empty value of type 'String'."),
  },
  {
    recording: "test_send_empty_message",
    call: (client, { QueueUrl }) => client.send(new SendMessageCommand({ QueueUrl, MessageBody: "" })),
    answer: { status: 400, code: "MissingParameter", message: "The request must contain the parameter MessageBody." },
  },
  {
    recording: "test_non_existent_queue",
    call: (client, { QueueUrl }) =>
      client.send(new SendMessageCommand({ QueueUrl: `${QueueUrl}-gone`, MessageBody: "a" })),
    answer: ofBatch("NonExistentQueue", "The specified queue does not exist."),
  },
  ...["", "g".repeat(129), "group 123"].map(
    (MessageGroupId): RecordedCall => ({
      recording: `test_send_message_to_standard_queue_with_invalid_message_group_id[${MessageGroupId.slice(0, 9)}]`,
      call: (client, { QueueUrl }) =>
        client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a", MessageGroupId })),
      answer: groupId(MessageGroupId),
    }),
  ),
  {
    recording: "test_set_queue_attributes_default_values",
    call: async (client, { QueueUrl }) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes,
    answer: {
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesDelayed: "0",
      ApproximateNumberOfMessagesNotVisible: "0",
      DelaySeconds: "0",
      MaximumMessageSize: "1048576",
      MessageRetentionPeriod: "345600",
      ReceiveMessageWaitTimeSeconds: "0",
      SqsManagedSseEnabled: "true",
      VisibilityTimeout: "30",
    },
  },
  {
    recording: "test_create_and_update_queue_attributes",
    async call(client, { another }) {
      const QueueUrl = await another({ MessageRetentionPeriod: "604800", ReceiveMessageWaitTimeSeconds: "10" });
      const Attributes = { DelaySeconds: "420", MaximumMessageSize: "2048" };
      await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
      return (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes;
    },
    answer: {
      DelaySeconds: "420",
      MaximumMessageSize: "2048",
      MessageRetentionPeriod: "604800",
      ReceiveMessageWaitTimeSeconds: "10",
    },
  },
  {
    recording: "test_sse_queue_attributes",
    async call(client, { another }) {
      const QueueUrl = await another({
        KmsMasterKeyId: "testKeyId",
        KmsDataKeyReusePeriodSeconds: "6000",
        SqsManagedSseEnabled: "false",
      });
      return (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes;
    },
    answer: { KmsDataKeyReusePeriodSeconds: "6000", KmsMasterKeyId: "testKeyId", SqsManagedSseEnabled: "false" },
  },
  {
    recording: "test_receive_empty_queue",
    call: async (client, { QueueUrl }) => {
      const answer = await client.send(new ReceiveMessageCommand({ QueueUrl }));
      return { hasMessages: "Messages" in answer && answer.Messages !== undefined };
    },
    answer: { hasMessages: false },
  },
  ...(
    [
      ["empty_filter", { MessageAttributeNames: [] }, bodyAlone, undefined],
      [
        "all_name",
        { MessageAttributeNames: ["All"] },
        { ...bodyAlone, MD5OfMessageAttributes: ALL_MD5 },
        { ...hello, ...general, ...help },
      ],
      [
        "all_wildcard_asterisk",
        { MessageAttributeNames: ["*"] },
        { ...bodyAlone, MD5OfMessageAttributes: ALL_MD5 },
        { ...hello, ...general, ...help },
      ],
      [
        "all_wildcard",
        { MessageAttributeNames: [".*"] },
        { ...bodyAlone, MD5OfMessageAttributes: ALL_MD5 },
        { ...hello, ...general, ...help },
      ],
      ["only_non_existing_names", { MessageAttributeNames: ["Foo", "Help"] }, bodyAlone, undefined],
      ["partially_existing", { MessageAttributeNames: ["Hello", "Foo"] }, bodyAlone, hello],
      ["prefix_filter", { MessageAttributeNames: ["Hel.*"] }, bodyAlone, { ...hello, ...help }],
    ] as const
  ).map(
    ([label, input, answer, attributes]): RecordedCall => ({
      recording: `test_receive_message_message_attribute_names_filters, ${label}`,
      call: async (client, queue) => {
        const message = await received(client, queue, input);
        return { MessageAttributes: undefined, ...message };
      },
      answer: { ...answer, MessageAttributes: attributes },
    }),
  ),
  {
    recording: "test_receive_message_attribute_names_filters, single_attribute",
    call: async (client, queue) => {
      const { Attributes } = (await received(client, queue, { AttributeNames: ["SenderId"] })) as {
        Attributes?: object;
      };
      return { names: Object.keys(Attributes ?? {}) };
    },
    answer: { names: ["SenderId"] },
  },
  {
    recording: "test_receive_message_attribute_names_filters, all_attributes",
    call: async (client, queue) => {
      const { Attributes } = (await received(client, queue, { AttributeNames: ["All"] })) as { Attributes?: object };
      return { names: Object.keys(Attributes ?? {}).sort() };
    },
    answer: { names: ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"] },
  },
  {
    recording: "test_set_empty_redrive_policy, as its test asserts",
    async call(client, { QueueUrl, another }) {
      const target = await another({});
      const asked = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: target, AttributeNames: ["QueueArn"] }),
      );
      const policy = { deadLetterTargetArn: asked.Attributes?.QueueArn, maxReceiveCount: "42" };
      for (const RedrivePolicy of [JSON.stringify(policy), ""]) {
        await client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { RedrivePolicy } }));
      }
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["RedrivePolicy"] }),
      );
      return { policy: Attributes?.RedrivePolicy ?? "none" };
    },
    answer: { policy: "none" },
  },
  {
    recording: "test_delete_after_visibility_timeout",
    async call(client, { another }) {
      const QueueUrl = await another({ VisibilityTimeout: "1" });
      await client.send(new SendMessageCommand({ QueueUrl, MessageBody: "a" }));
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
      const ReceiptHandle = Messages[0]?.ReceiptHandle;
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      const left = await client.send(new ReceiveMessageCommand({ QueueUrl }));
      return { left: left.Messages?.length ?? 0 };
    },
    answer: { left: 0 },
  },
  {
    recording: "test_list_queues_pagination",
    async call(client, { name, another }) {
      await another({});
      const page = await client.send(new ListQueuesCommand({ QueueNamePrefix: name.slice(0, 8), MaxResults: 1 }));
      return { count: page.QueueUrls?.length, hasMore: page.NextToken !== undefined };
    },
    answer: { count: 1, hasMore: true },
  },
];
