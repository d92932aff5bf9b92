import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  type Event as EventName,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  type QueueConfiguration,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { expect } from "vitest";
import { type LambdaPlace, type LambdaRow, type PlaceQueue, rowsOf } from "./lambda-place.ts";

const isText = expect.any(String) as string;
const SEQUENCER = expect.stringMatching(/^[0-9A-F]{16,}$/) as string;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;

const newBucket = async (p: LambdaPlace) => {
  const Bucket = p.newName();
  await p.s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
};
const configure = (p: LambdaPlace, Bucket: string, configuration: object, SkipDestinationValidation = false) =>
  p.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      NotificationConfiguration: configuration,
      SkipDestinationValidation,
    }),
  );
const toQueue = (QueueArn: string, more: Partial<QueueConfiguration> = {}): QueueConfiguration => ({
  QueueArn,
  Events: ["s3:ObjectCreated:*"],
  ...more,
});

/** A bucket whose events go to a queue that has no message yet. */
async function watched(p: LambdaPlace, ...Events: readonly EventName[]) {
  const [Bucket, queue] = [await newBucket(p), await p.queue()];
  await configure(p, Bucket, { QueueConfigurations: [toQueue(queue.arn, { Id: "id1", Events: [...Events] })] });
  // The test event that S3 sends first.
  await p.next(queue);
  return { Bucket, queue };
}
/** The event of the next message, with the names of this run taken out. */
async function nextEvent(p: LambdaPlace, bucket: string, queue: PlaceQueue) {
  const { Records } = (await p.next(queue)).body as { readonly Records: readonly object[] };
  return JSON.parse(JSON.stringify(Records[0]).replaceAll(bucket, "BUCKET").replaceAll(p.aws.region, "REGION")) as {
    readonly s3: { readonly object: object };
  };
}
const put = (p: LambdaPlace, Bucket: string, Key: string, Body = "something") =>
  p.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const ETAG = "437b930db84b8079c2dd804a71936b5f";
const event = (eventName: string, object: object, eventVersion = "2.1") => ({
  eventVersion,
  eventSource: "aws:s3",
  awsRegion: "REGION",
  eventTime: TIME,
  eventName,
  userIdentity: { principalId: isText },
  requestParameters: { sourceIPAddress: isText },
  responseElements: { "x-amz-request-id": isText, "x-amz-id-2": isText },
  s3: {
    s3SchemaVersion: "1.0",
    configurationId: "id1",
    bucket: { name: "BUCKET", ownerIdentity: { principalId: isText }, arn: "arn:aws:s3:::BUCKET" },
    object,
  },
});

const SQS = "TestS3NotificationsToSQS";
const events: readonly LambdaRow[] = [
  [
    `${SQS}::test_object_created_put`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectCreated:Put");
      await put(p, Bucket, "my_key_0");
      return nextEvent(p, Bucket, queue);
    },
    event("ObjectCreated:Put", { key: "my_key_0", size: 9, eTag: ETAG, sequencer: SEQUENCER }),
  ],
  [
    `${SQS}::test_object_created_put, in order`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectCreated:Put");
      await put(p, Bucket, "my_key_0");
      const first = (await nextEvent(p, Bucket, queue)).s3.object as { readonly sequencer: string };
      await put(p, Bucket, "my_key_1", "something else");
      const second = (await nextEvent(p, Bucket, queue)).s3.object as { readonly sequencer: string };
      return { ...second, isLater: second.sequencer > first.sequencer };
    },
    {
      key: "my_key_1",
      size: 14,
      eTag: "6c7ba9c5a141421e1c03cb9807c97c74",
      sequencer: SEQUENCER,
      isLater: true,
    },
  ],
  [
    `${SQS}::test_object_created_copy`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectCreated:Copy");
      await put(p, Bucket, "source");
      await p.s3.send(new CopyObjectCommand({ Bucket, Key: "copied", CopySource: `${Bucket}/source` }));
      return nextEvent(p, Bucket, queue);
    },
    event("ObjectCreated:Copy", { key: "copied", size: 9, eTag: ETAG, sequencer: SEQUENCER }),
  ],
  [
    `${SQS}::test_object_created_complete_multipart_upload`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectCreated:*");
      const Key = "test-key";
      const { UploadId } = await p.s3.send(new CreateMultipartUploadCommand({ Bucket, Key }));
      const part = { Bucket, Key, UploadId, PartNumber: 1 };
      const { ETag } = await p.s3.send(new UploadPartCommand({ ...part, Body: "x".repeat(6_144) }));
      const MultipartUpload = { Parts: [{ ETag, PartNumber: 1 }] };
      await p.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload }));
      return nextEvent(p, Bucket, queue);
    },
    event("ObjectCreated:CompleteMultipartUpload", {
      key: "test-key",
      size: 6_144,
      eTag: expect.stringMatching(/^[0-9a-f]{32}-1$/) as string,
      sequencer: SEQUENCER,
    }),
  ],
  [
    `${SQS}::test_object_created_and_object_removed, the removal`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectRemoved:Delete");
      await put(p, Bucket, "source");
      await p.s3.send(new DeleteObjectCommand({ Bucket, Key: "source" }));
      return nextEvent(p, Bucket, queue);
    },
    event("ObjectRemoved:Delete", { key: "source", sequencer: SEQUENCER }),
  ],
  [
    `${SQS}::test_delete_objects`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectRemoved:*");
      await put(p, Bucket, "key");
      await p.s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "key" }] } }));
      return nextEvent(p, Bucket, queue);
    },
    event("ObjectRemoved:Delete", { key: "key", sequencer: SEQUENCER }),
  ],
  [
    `${SQS}::test_key_encoding`,
    async (p) => {
      const { Bucket, queue } = await watched(p, "s3:ObjectCreated:*");
      await put(p, Bucket, "a@b");
      return (await nextEvent(p, Bucket, queue)).s3.object;
    },
    { key: "a%40b", size: 9, eTag: ETAG, sequencer: SEQUENCER },
  ],
  ...(["Put", "Delete"] as const).map(
    (how): LambdaRow => [
      `${SQS}::test_object_tagging_${how.toLowerCase()}_event`,
      async (p) => {
        const { Bucket, queue } = await watched(p, `s3:ObjectTagging:${how}`);
        const Key = "tagged";
        await put(p, Bucket, Key);
        const Tagging = { TagSet: [{ Key: "a", Value: "b" }] };
        await p.s3.send(new PutObjectTaggingCommand({ Bucket, Key, Tagging }));
        if (how === "Delete") await p.s3.send(new DeleteObjectTaggingCommand({ Bucket, Key }));
        return nextEvent(p, Bucket, queue);
      },
      event(`ObjectTagging:${how}`, { key: "tagged", eTag: ETAG }, "2.3"),
    ],
  ),
];

/** The rules of a bucket as it shows them, with ARNs and names of this run taken out. */
async function shown(p: LambdaPlace, Bucket: string, arn: string) {
  const { $metadata: _, ...rest } = await p.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  return JSON.parse(JSON.stringify(rest).replaceAll(arn, "TARGET")) as object;
}
const rule = (Name: string, Value: string) => ({ Name, Value });
const filter = (...FilterRules: readonly { readonly Name: string; readonly Value: string }[]) => ({
  Key: { FilterRules },
});
const filterRow = (
  label: string,
  given: readonly { readonly Name: string; readonly Value: string }[],
  told: readonly { readonly Name: string; readonly Value: string }[],
): LambdaRow => [
  `${SQS}::${label}`,
  async (p) => {
    const [Bucket, { arn }] = [await newBucket(p), await p.queue()];
    const Filter = filter(...given) as QueueConfiguration["Filter"];
    await configure(p, Bucket, { QueueConfigurations: [toQueue(arn, { Id: "id", Filter })] });
    return shown(p, Bucket, arn);
  },
  {
    QueueConfigurations: [{ Events: ["s3:ObjectCreated:*"], Filter: filter(...told), Id: "id", QueueArn: "TARGET" }],
  },
];
const refused = (message: string, more: object) => ({ status: 400, name: "InvalidArgument", message, ...more });
/** The targets of the rows that are refused, by the name of their element. */
const KINDS = [
  ["test_s3_notifications_sqs.py", `${SQS}::test_invalid_sqs_arn`, "Queue", "QueueConfigurations", "QueueArn", "sqs"],
  [
    "test_s3_notifications_sns.py",
    "TestS3NotificationsToSns::test_invalid_topic_arn",
    "Topic",
    "TopicConfigurations",
    "TopicArn",
    "sns",
  ],
] as const;
const refusals = KINDS.flatMap(([module, test, element, list, name, service]) => {
  const target = (arn: string) => ({ [list]: [{ Id: "id123", [name]: arn, Events: ["s3:ObjectCreated:*"] }] });
  const unparsed = refused("The ARN could not be parsed", { ArgumentName: element, ArgumentValue: "invalid" });
  const gone = (p: LambdaPlace) => `arn:aws:${service}:${p.aws.region}:${p.aws.accountId}:gone`;
  return rowsOf(module, [
    [`${test}, invalid_not_skip`, async (p) => configure(p, await newBucket(p), target("invalid")), unparsed],
    [`${test}, invalid_skip`, async (p) => configure(p, await newBucket(p), target("invalid"), true), unparsed],
    [
      `${test}, skip_destination_validation`,
      async (p) => {
        const Bucket = await newBucket(p);
        await configure(p, Bucket, target(gone(p)), true);
        return shown(p, Bucket, gone(p));
      },
      { [list]: [{ Events: ["s3:ObjectCreated:*"], Id: "id123", [name]: "TARGET" }] },
    ],
  ]);
});

const configurations: readonly LambdaRow[] = [
  filterRow(
    "test_filter_rules_case_insensitive",
    [rule("prefix", "notif-"), rule("SUFFIX", ".txt")],
    [rule("Prefix", "notif-"), rule("Suffix", ".txt")],
  ),
  filterRow("test_filter_rules_empty_value", [rule("suffix", "")], [rule("Suffix", "")]),
  filterRow(
    "test_notifications_with_filter, config_updated_filter",
    [rule("Prefix", "testupload/")],
    [rule("Prefix", "testupload/")],
  ),
  [
    `${SQS}::test_notifications_with_filter, config_empty`,
    async (p) => {
      const [Bucket, { arn }] = [await newBucket(p), await p.queue()];
      await configure(p, Bucket, { QueueConfigurations: [toQueue(arn)] });
      await configure(p, Bucket, {});
      return shown(p, Bucket, arn);
    },
    {},
  ],
  [
    `${SQS}::test_invalid_sqs_arn, queue-does-not-exist`,
    async (p) => {
      const arn = `arn:aws:sqs:${p.aws.region}:${p.aws.accountId}:my-queue`;
      return configure(p, await newBucket(p), { QueueConfigurations: [toQueue(arn)] });
    },
    refused("Unable to validate the following destination configurations", {
      ArgumentName1: expect.stringMatching(/^arn:aws:sqs:[^:]+:\d{12}:my-queue$/) as string,
      ArgumentValue1: "The destination queue does not exist",
    }),
  ],
];

const byTopic: LambdaRow = [
  "TestS3NotificationsToSns::test_object_created_put",
  async (p) => {
    const [Bucket, queue] = [await newBucket(p), await p.queue()];
    const { TopicArn = "" } = await p.sns.send(new CreateTopicCommand({ Name: p.newName() }));
    await p.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint: queue.arn }));
    await configure(p, Bucket, { TopicConfigurations: [{ TopicArn, Events: ["s3:ObjectCreated:*"] }] });
    await p.next(queue);
    await put(p, Bucket, "bucket-key", "first event");
    const body = (await p.next(queue)).body as { readonly Message: string; readonly Subject: string };
    const { Records } = JSON.parse(body.Message) as {
      readonly Records: readonly { readonly s3: { readonly object: object } }[];
    };
    return { subject: body.Subject, ...Records[0]?.s3.object };
  },
  {
    subject: "Amazon S3 Notification",
    key: "bucket-key",
    size: 11,
    eTag: "c8e3a3027a133355210f85cfbb1acc35",
    sequencer: SEQUENCER,
  },
];

/** Notifications of S3 to queues and topics, and the targets that it takes, row by row. */
export const recordedNotifications = [
  ...rowsOf("test_s3_notifications_sqs.py", [...events, ...configurations]),
  ...rowsOf("test_s3_notifications_sns.py", [byTopic]),
  ...refusals,
];
