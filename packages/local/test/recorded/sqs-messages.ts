import {
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SetQueueAttributesCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import type { Queue, RecordedCall, RecordedError } from "./sqs.ts";

type Row = readonly [recording: string, call: RecordedCall["call"], answer: RecordedError | object];

const text = (StringValue: string): MessageAttributeValue => ({ DataType: "String", StringValue });
const send = (client: SQSClient, { QueueUrl }: Queue, input: Partial<SendMessageCommandInput> = {}) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody: "msg", ...input }));
const receive = async (client: SQSClient, { QueueUrl }: Queue, input: Partial<ReceiveMessageCommandInput> = {}) => {
  const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...input }));
  return Messages?.[0] ?? ({} as Message);
};
/** The parts of a message besides its body: which system attributes, which of its own, and their digest. */
const shown = ({ Attributes, MessageAttributes, MD5OfMessageAttributes }: Message) => ({
  system: Object.keys(Attributes ?? {}).sort(),
  own: Object.keys(MessageAttributes ?? {}).sort(),
  digest: MD5OfMessageAttributes ?? "none",
});

const THREE = { Hello: text("There"), General: text("Kenobi"), "Help.Me": text("Me") };
const NAMES = "test_receive_message_message_attribute_names_filters";
const names: readonly Row[] = [
  [
    `${NAMES}, send_message_response`,
    async (client, queue) => {
      const { MD5OfMessageAttributes, MD5OfMessageBody, MessageId, SequenceNumber } = await send(client, queue, {
        MessageAttributes: THREE,
      });
      return { MD5OfMessageAttributes, MD5OfMessageBody, MessageId, isOrdered: SequenceNumber !== undefined };
    },
    {
      MD5OfMessageAttributes: "4c360f3fdafd970e05fae2f149d997f5",
      MD5OfMessageBody: "6e2baaf3b97dbeef01c0043275f9a0e7",
      MessageId: expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string,
      isOrdered: false,
    },
  ],
  ...(
    [
      ["only_existing", ["Hello", "General"], ["General", "Hello"], "fca026605781cb4126a1e9044df24232"],
      ["existing_and_non_existing", ["Foo", "Hello"], ["Hello"], "a311262e065454b75da111d535b8dacd"],
      ["prefix_filter, its digest", ["Hel.*"], ["Hello", "Help.Me"], "83fee93c1bcd8b9a5a923ffacdc636c7"],
      ["illegal_name_1", ["AWS."], [], "none"],
      ["illegal_name_2", ["..foo"], [], "none"],
    ] as const
  ).map(
    ([label, MessageAttributeNames, own, digest]): Row => [
      `${NAMES}, ${label}`,
      async (client, queue) => {
        await send(client, queue, { MessageAttributes: THREE });
        return shown(await receive(client, queue, { MessageAttributeNames: [...MessageAttributeNames] }));
      },
      { own, digest, system: [] },
    ],
  ),
];

const ALL = ["ApproximateFirstReceiveTimestamp", "ApproximateReceiveCount", "SenderId", "SentTimestamp"];
const FOO = "ae7155c6026991b6d54b11589678bf9c";
const SYSTEM_NAMES: readonly (readonly [
  label: string,
  names: readonly string[],
  own: boolean,
  system: readonly string[],
])[] = [
  ["all_attributes", ["All"], false, ALL],
  ["all_system_and_message_attributes", ["All"], true, ALL],
  ["single_attribute", ["SenderId"], false, ["SenderId"]],
  ["multiple_attributes", ["SenderId", "SequenceNumber"], false, ["SenderId"]],
];
const system: readonly Row[] = (["AttributeNames", "MessageSystemAttributeNames"] as const).flatMap((parameter) => {
  const test = parameter === "AttributeNames" ? "attribute_names" : "message_system_attribute_names";
  // The first recording has rows of two of them already.
  const labels = SYSTEM_NAMES.filter(
    ([label]) => parameter !== "AttributeNames" || label.startsWith("all_system") || label.startsWith("multiple"),
  );
  return labels.map(
    ([label, wanted, hasOwn, system]): Row => [
      `test_receive_message_${test}_filters, ${label}`,
      async (client, queue) => {
        await send(client, queue, { MessageAttributes: { Foo: text("Bar") } });
        const own = hasOwn ? { MessageAttributeNames: ["All"] } : {};
        return shown(await receive(client, queue, { [parameter]: [...wanted], ...own }));
      },
      { system, own: hasOwn ? ["Foo"] : [], digest: hasOwn ? FOO : "none" },
    ],
  );
});

const both = (AttributeNames: readonly string[], MessageSystemAttributeNames: readonly string[]) =>
  (async (client, queue) => {
    await send(client, queue);
    const input = { AttributeNames, MessageSystemAttributeNames } as unknown as ReceiveMessageCommandInput;
    return shown(await receive(client, queue, input));
  }) satisfies RecordedCall["call"];
const COUNT = "all_system_and_message_attributes, the count of a second receive";
const more: readonly Row[] = [
  [
    "test_message_system_attribute_names_with_attribute_names, same_values",
    both(["SenderId"], ["SenderId"]),
    { system: ["SenderId"], own: [], digest: "none" },
  ],
  [
    "test_message_system_attribute_names_with_attribute_names, same_values, of all",
    both(["All"], ["All"]),
    { system: ALL, own: [], digest: "none" },
  ],
  [
    "test_message_system_attribute_names_with_attribute_names, different_values",
    both(["SenderId"], ["All"]),
    { system: ["SenderId"], own: [], digest: "none" },
  ],
  [
    `test_receive_message_attribute_names_filters, ${COUNT}`,
    async (client, queue) => {
      await send(client, queue);
      await receive(client, queue, { VisibilityTimeout: 0 });
      const { Attributes } = await receive(client, queue, { AttributeNames: ["All"] });
      return { count: Attributes?.ApproximateReceiveCount };
    },
    { count: "2" },
  ],
  ...(
    [
      ["empty_short_poll_resp_no_param", {}],
      ["empty_short_poll_resp", { WaitTimeSeconds: 0 }],
      ["empty_long_poll_resp", { WaitTimeSeconds: 1 }],
    ] as const
  ).map(
    ([label, input]): Row => [
      `test_receive_empty_queue, ${label}`,
      async (client, { QueueUrl }) => {
        const { $metadata, ...rest } = await client.send(new ReceiveMessageCommand({ QueueUrl, ...input }));
        return { status: $metadata.httpStatusCode, fields: Object.keys(rest) };
      },
      { status: 200, fields: [] },
    ],
  ),
  [
    "test_fair_queue_with_message_group_id, send_message",
    async (client, queue) => {
      const sent = await send(client, queue, { MessageBody: "message", MessageGroupId: "test" });
      return { MD5OfMessageBody: sent.MD5OfMessageBody, isOrdered: sent.SequenceNumber !== undefined };
    },
    { MD5OfMessageBody: "78e731027d8fd50ed642340b7c9a63b3", isOrdered: false },
  ],
  [
    "test_fair_queue_with_message_group_id, get-message-with-deduplication-id",
    async (client, queue) => {
      await send(client, queue, { MessageGroupId: "test" });
      const message = await receive(client, queue, { AttributeNames: ["All"] });
      return { ...shown(message), group: message.Attributes?.MessageGroupId };
    },
    {
      system: [
        "ApproximateFirstReceiveTimestamp",
        "ApproximateReceiveCount",
        "MessageGroupId",
        "SenderId",
        "SentTimestamp",
      ],
      group: "test",
    },
  ],
  [
    "test_aws_trace_header_propagation, xray-msg",
    async (client, queue) => {
      const header = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1";
      await send(client, queue, { MessageSystemAttributes: { AWSTraceHeader: text(header) } });
      const message = await receive(client, queue, {
        MessageSystemAttributeNames: ["SentTimestamp", "AWSTraceHeader"],
      });
      return { ...shown(message), header: message.Attributes?.AWSTraceHeader };
    },
    {
      system: ["AWSTraceHeader", "SentTimestamp"],
      header: "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1",
    },
  ],
  [
    "test_send_message_with_binary_attributes, binary-attrs-msg",
    async (client, queue) => {
      const BinaryValue = Buffer.from("traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01");
      await send(client, queue, {
        MessageBody: "test",
        MessageAttributes: { attr1: { DataType: "Binary", BinaryValue } },
      });
      const message = await receive(client, queue, { MessageAttributeNames: ["All"] });
      const { attr1 } = message.MessageAttributes ?? {};
      return {
        ...shown(message),
        type: attr1?.DataType,
        isSame: Buffer.from(attr1?.BinaryValue ?? []).equals(BinaryValue),
        MD5OfBody: message.MD5OfBody,
      };
    },
    {
      own: ["attr1"],
      digest: "8cbe4db156db8a94db8b801b7addb984",
      type: "Binary",
      isSame: true,
      MD5OfBody: "098f6bcd4621d373cade4e832627b4f6",
    },
  ],
];

/** A call in the older protocol, as its clients made it. */
async function queried(_: SQSClient, { QueueUrl }: Queue) {
  const response = await fetch(QueueUrl, {
    method: "POST",
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ Action: "SendMessage", MessageBody: "msg", Version: "2012-11-05" }),
  });
  const answer = await response.text();
  return { status: response.status, code: /<Code>(.*)<\/Code>/.exec(answer)?.[1], isXml: answer.startsWith("<?xml") };
}

const protocols: readonly Row[] = [
  [
    "test_non_existent_queue, queue-does-not-exist-query, in the query protocol: refused by name",
    queried,
    { status: 400, code: "AWS.SimpleQueueService.UnsupportedOperation", isXml: true },
  ],
  [
    "test_lambda_integration_sqs.py::TestSQSEventSourceMapping::test_sqs_event_source_mapping_batch_size[100], send-message-batch-result-10",
    async (client, queue) => {
      const bodies = Array.from({ length: 10 }, (_, at) => `${at}-0-message-${at}`);
      const { Successful = [], Failed } = await batch(client, queue, bodies, false);
      const ids = new Set(Successful.map(({ MessageId }) => MessageId));
      return { order: Successful.map(({ Id }) => Id).join(), messages: ids.size, hasFailed: Failed !== undefined };
    },
    { order: "1,2,3,4,5,6,7,8,9,10", messages: 10, hasFailed: false },
  ],
];

const limit = (client: SQSClient, { QueueUrl }: Queue, MaximumMessageSize = "1024") =>
  client.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { MaximumMessageSize } }));
const K = { k: text("x") };
const batch = (client: SQSClient, { QueueUrl }: Queue, bodies: readonly string[], attributes: boolean) =>
  client.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: bodies.map((MessageBody, at) => ({
        Id: `${at + 1}`,
        MessageBody,
        ...(attributes && at === 0 && { MessageAttributes: K }),
      })),
    }),
  );
const CONTENTS = "test_send_message_batch_with_oversized_contents_with_updated_maximum_message_size";
const SIZES = "test_send_batch_message_size";
const sizes: readonly Row[] = [
  [
    "test_send_message_with_updated_maximum_message_size",
    async (client, queue) => {
      await limit(client, queue);
      return send(client, queue, { MessageBody: "a".repeat(1_024 - 8 + 1), MessageAttributes: K });
    },
    {
      status: 400,
      code: "InvalidParameterValue",
      message: "One or more parameters are invalid. Reason: Message must be shorter than 1024 bytes.",
    },
  ],
  [
    `${CONTENTS}, the message as large as it may be`,
    async (client, queue) => {
      await limit(client, queue, "2048");
      const { Successful = [] } = await batch(client, queue, ["a".repeat(2_040), "a"], true);
      return { ...Successful[0] };
    },
    {
      Id: "1",
      MD5OfMessageAttributes: "a45daa70926828a2f0a1db3418e6feb4",
      MD5OfMessageBody: "f44facf5a7ee0af446ecf3e0f854441e",
    },
  ],
  [
    `${CONTENTS}, the message beside it`,
    async (client, queue) => {
      await limit(client, queue, "2048");
      const { Successful = [], Failed } = await batch(client, queue, ["a".repeat(2_040), "a"], true);
      return { ...Successful[1], failed: Failed?.length ?? 0, digest: Successful[1]?.MD5OfMessageAttributes ?? "none" };
    },
    { Id: "2", MD5OfMessageBody: "0cc175b9c0f1b6a831c399e269772661", failed: 0, digest: "none" },
  ],
  [
    `${SIZES}, the entry that is too large`,
    async (client, queue) => {
      await limit(client, queue);
      const { Failed = [] } = await batch(client, queue, ["a".repeat(1_024), "a".repeat(1_025)], false);
      return { ...Failed[0], failed: Failed.length };
    },
    {
      Id: "2",
      Code: "InvalidParameterValue",
      Message: "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes.",
      SenderFault: true,
      failed: 1,
    },
  ],
  [
    `${SIZES}, the entry beside it`,
    async (client, queue) => {
      await limit(client, queue);
      const { Successful = [] } = await batch(client, queue, ["a".repeat(1_024), "a".repeat(1_025)], false);
      return { ...Successful[0], successful: Successful.length };
    },
    { Id: "1", MD5OfMessageBody: "c9a34cfc85d982698c6ac89f76071abd", successful: 1 },
  ],
];

/** Answers about messages: what a receive shows of them, and how large they may be. */
export const recordedMessageCalls: readonly RecordedCall[] = [...names, ...system, ...more, ...sizes, ...protocols].map(
  ([recording, call, answer]) => ({ recording, call, answer }),
);
