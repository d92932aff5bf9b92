import {
  CreateEventBusCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  GetEventSourceMappingCommand,
  PutFunctionConcurrencyCommand,
} from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import {
  CreateTopicCommand,
  GetSubscriptionAttributesCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect } from "vitest";
import { type LambdaPlace, type LambdaRow, type PlaceQueue, refused, rowsOf } from "./lambda-place.ts";

const ECHO = "export const handler = async (event) => event;";
const isText = expect.any(String) as string;
const UUID = expect.stringMatching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const MS = expect.stringMatching(/^\d{13}$/) as string;
const invalid = (message: unknown) => refused(400, "InvalidParameterValueException", message);

type Settings = Partial<CreateEventSourceMappingCommandInput>;

/** The function of all mappings that need none of their own. */
const echoes = new WeakMap<LambdaPlace, Promise<string>>();
function echo(p: LambdaPlace): Promise<string> {
  const name = echoes.get(p) ?? p.deploy(ECHO, { timeoutSeconds: 1 });
  echoes.set(p, name);
  return name;
}

/** A queue, a function and what maps the one to the other. */
async function mapped(p: LambdaPlace, settings: Settings = {}, source = "", attributes: Record<string, string> = {}) {
  const queue = await p.queue(attributes);
  const name = source === "" ? await echo(p) : await p.deploy(source, { timeoutSeconds: 1 });
  const input = { EventSourceArn: queue.arn, FunctionName: name, ...settings };
  const create = () => p.lambda.send(new CreateEventSourceMappingCommand(input));
  return { queue, name, create };
}
const send = (p: LambdaPlace, { url }: PlaceQueue, body: unknown) =>
  p.sqs.send(
    new SendMessageCommand({ QueueUrl: url, MessageBody: typeof body === "string" ? body : JSON.stringify(body) }),
  );
const sendAll = async (p: LambdaPlace, { url: QueueUrl }: PlaceQueue, bodies: readonly string[]) => {
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, of) => ({ Id: String(of), MessageBody }));
    await p.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  }
};

interface SqsEvent {
  readonly Records: readonly {
    readonly messageId: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
    readonly receiptHandle: string;
    readonly md5OfBody: string;
    readonly md5OfMessageAttributes?: string;
    readonly messageAttributes: object;
    readonly eventSource: string;
    readonly eventSourceARN: string;
    readonly awsRegion: string;
  }[];
}

/** The answer to a call on a mapping, with the names of this run taken out. */
async function view(
  { queue, name }: { readonly queue: PlaceQueue; readonly name: string },
  answer: Promise<object>,
): Promise<object> {
  const {
    $metadata,
    LastModified,
    UUID: uuid,
    ...rest
  } = (await answer) as {
    readonly $metadata: { readonly httpStatusCode?: number };
    readonly LastModified?: Date;
    readonly UUID?: string;
  };
  const text = JSON.stringify(rest)
    .replaceAll(queue.arn, "QUEUE")
    .replaceAll(uuid ?? "-", "UUID");
  return {
    ...(JSON.parse(text.replaceAll(new RegExp(`arn:aws:lambda:[^"]*:function:${name}`, "g"), "FUNCTION")) as object),
    isTime: LastModified instanceof Date,
    status: $metadata.httpStatusCode,
  };
}
const createdView = (more: object = {}) => ({
  BatchSize: 10,
  EventSourceArn: "QUEUE",
  EventSourceMappingArn: expect.stringMatching(/^arn:aws:lambda:[^:]+:\d{12}:event-source-mapping:UUID$/) as string,
  FunctionArn: "FUNCTION",
  FunctionResponseTypes: [],
  MaximumBatchingWindowInSeconds: 0,
  State: "Creating",
  StateTransitionReason: "USER_INITIATED",
  isTime: true,
  status: 202,
  ...more,
});

const FILTERS: readonly (readonly [label: string, body: object, matching: object, other: unknown])[] = [
  ["single", { "my-key": ["my-value"] }, { "my-key": "my-value" }, { "my-key": "other-value" }],
  ["or", { "my-key": ["one", "two"] }, { "my-key": "two" }, { "my-key": "three" }],
  [
    "and",
    { "my-key-one": ["other", "one"], "my-key-two": ["two"] },
    { "my-key-one": "one", "my-key-two": "two" },
    { "my-key-one": "none", "my-key-two": "two" },
  ],
  ["exists", { "my-key": [{ exists: true }] }, { "my-key": "any" }, { "other-key": "any" }],
  ["numeric-bigger", { "my-number": [{ numeric: [">", 100] }] }, { "my-number": 101 }, { "my-number": 100 }],
  ["numeric-smaller", { "my-number": [{ numeric: ["<", 100] }] }, { "my-number": 99 }, { "my-number": 100 }],
  ["numeric-range", { "my-number": [{ numeric: [">=", 100, "<", 200] }] }, { "my-number": 100 }, { "my-number": 200 }],
  ["numeric-prefix", { test2: [{ prefix: "us-1" }] }, { test2: "us-1-48454" }, { test2: "eu-wert" }],
  [
    "filter2-item_matching2-item_not_matching2",
    { testItem: ["test24", "test45"], test2: ["go"] },
    { testItem: "test45", test2: "go" },
    { testItem: "test67", test2: "go" },
  ],
  [
    "filter4-item_matching4-this is a test string",
    { test2: [{ numeric: [">", 100] }] },
    { test2: 105 },
    "this is a test string",
  ],
  ["filter5-item_matching5-item_not_matching5", { test2: [{ numeric: ["<", 100] }] }, { test2: 93 }, { test2: 105 }],
  [
    "filter6-item_matching6-item_not_matching6",
    { test2: [{ numeric: [">=", 100, "<", 200] }] },
    { test2: 105 },
    { test2: 200 },
  ],
];
const FILTER = "TestSQSEventSourceMapping::test_sqs_event_filter";

const filters: readonly LambdaRow[] = FILTERS.flatMap(([label, body, matching, other]): LambdaRow[] => {
  const Pattern = JSON.stringify({ body });
  const FilterCriteria = { Filters: [{ Pattern }] };
  return [
    [
      `${FILTER}[${label}], create_event_source_mapping_response`,
      async (p) => {
        const mapping = await mapped(p, { FilterCriteria, MaximumBatchingWindowInSeconds: 1 });
        return view(mapping, mapping.create());
      },
      createdView({ FilterCriteria, MaximumBatchingWindowInSeconds: 1 }),
    ],
    [
      `${FILTER}[${label}], invocation_events`,
      async (p) => {
        const { queue, name, create } = await mapped(p, { FilterCriteria });
        await send(p, queue, matching);
        await send(p, queue, other);
        const events = p.results(name);
        await create();
        await p.aws.eventSources.idle(queue.arn);
        return events.map((event) => (event as SqsEvent).Records.map((record) => JSON.parse(record.body) as unknown));
      },
      [[matching]],
    ],
  ];
});

const RECORD = {
  messageId: UUID,
  receiptHandle: isText,
  md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
  eventSource: "aws:sqs",
  isArn: true,
  isRegion: true,
};
const attributes = (receiveCount: string) => ({
  ApproximateReceiveCount: receiveCount,
  SentTimestamp: MS,
  SenderId: isText,
  ApproximateFirstReceiveTimestamp: MS,
});
const recordView = (p: LambdaPlace, queue: PlaceQueue, event: unknown) =>
  (event as SqsEvent).Records.map(({ eventSourceARN, awsRegion, ...record }) => ({
    ...record,
    isArn: eventSourceARN === queue.arn,
    isRegion: awsRegion === p.aws.region,
  }));

const FAILING = "test_failing_lambda_retries_after_visibility_timeout";
/** Fails at the first receive of a message, and answers with the second event. */
const FAILS_ONCE = `export const handler = async (event) => {
  if (event.Records.some((record) => record.attributes.ApproximateReceiveCount === "1")) throw new Error("failed attempt");
  return event;
};`;
const BOOK = {
  Title: { DataType: "String", StringValue: "The Whistler" },
  Author: { DataType: "String", StringValue: "John Grisham" },
  WeeksOn: { DataType: "Number", StringValue: "6" },
};
const passed = async (p: LambdaPlace) => {
  const { queue, name, create } = await mapped(p, { BatchSize: 1 });
  const events = p.results(name);
  await create();
  await p.sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: '{"n": 0}', MessageAttributes: BOOK }));
  await p.aws.eventSources.idle(queue.arn);
  return recordView(p, queue, events[0])[0];
};
const attribute = (stringValue: string, dataType: string) => ({
  stringValue,
  stringListValues: [],
  binaryListValues: [],
  dataType,
});

const records: readonly LambdaRow[] = [
  [
    `${FAILING}, event_source_mapping`,
    async (p) => {
      const mapping = await mapped(p, { BatchSize: 1 });
      const made = await mapping.create();
      return view(mapping, p.lambda.send(new GetEventSourceMappingCommand({ UUID: made.UUID })));
    },
    createdView({ BatchSize: 1, State: "Enabled", status: 200 }),
  ],
  [
    `${FAILING}, second_attempt`,
    async (p) => {
      const { queue, name, create } = await mapped(p, { BatchSize: 1 }, FAILS_ONCE, { VisibilityTimeout: "1" });
      const events = p.results(name);
      const sent = await send(p, queue, { fail_attempts: 1 });
      await create();
      await p.aws.eventSources.idle(queue.arn);
      const [record] = recordView(p, queue, events[0]);
      return { ...record, isSame: record?.messageId === sent.MessageId, events: events.length };
    },
    {
      ...RECORD,
      attributes: attributes("2"),
      messageAttributes: {},
      body: '{"fail_attempts":1}',
      isSame: true,
      events: 1,
    },
  ],
  [
    "test_message_body_and_attributes_passed_correctly, first_attempt, the record",
    async (p) => {
      const { messageAttributes: _, md5OfMessageAttributes: __, ...record } = (await passed(p)) ?? {};
      return record;
    },
    { ...RECORD, body: '{"n": 0}', attributes: attributes("1") },
  ],
  [
    "test_message_body_and_attributes_passed_correctly, first_attempt, its attributes",
    async (p) => (await passed(p))?.messageAttributes,
    {
      Author: attribute("John Grisham", "String"),
      Title: attribute("The Whistler", "String"),
      WeeksOn: attribute("6", "Number"),
    },
  ],
  [
    "test_message_body_and_attributes_passed_correctly, first_attempt, their digest",
    async (p) => (await passed(p))?.md5OfMessageAttributes,
    "d25a6aea97eb8f585bfa92d314504a92",
  ],
];

const PARTIAL = "test_report_batch_item_failures";
/** Answers with the messages that fail still, and says which they were. */
const REPORTS = `export const handler = async (event) => {
  const failed = event.Records.filter((record) => {
    const { fail_attempts } = JSON.parse(record.body);
    return Number(record.attributes.ApproximateReceiveCount) <= fail_attempts;
  });
  return {
    batchItemFailures: failed.map((record) => ({ itemIdentifier: record.messageId })),
    failed: failed.map((record) => JSON.parse(record.body).message),
    given: event.Records.map((record) => [JSON.parse(record.body).message, record.attributes.ApproximateReceiveCount]),
  };
};`;
const withDeadLetters = async (p: LambdaPlace, visibility: string, receives: number) => {
  const dead = await p.queue();
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: receives });
  return { dead, queueAttributes: { VisibilityTimeout: visibility, RedrivePolicy } };
};
const REPORTING = { FunctionResponseTypes: ["ReportBatchItemFailures" as const], BatchSize: 10 };
const MESSAGES = [0, 1, 1, 2].map((fail_attempts, at) => JSON.stringify({ message: at + 1, fail_attempts }));
/** Runs of the recording, all told: what was given, what failed, what ended as a dead letter. */
const partial = async (p: LambdaPlace) => {
  const { dead, queueAttributes } = await withDeadLetters(p, "1", 2);
  const { queue, name, create } = await mapped(p, REPORTING, REPORTS, queueAttributes);
  const results = p.results(name) as { readonly given: unknown; readonly failed: unknown }[];
  await sendAll(p, queue, MESSAGES);
  await create();
  await p.aws.eventSources.idle(queue.arn);
  return { results, dead: await p.next(dead) };
};
/** One play of it serves the rows, which look at its parts. */
const plays = new WeakMap<LambdaPlace, ReturnType<typeof partial>>();
const played = (p: LambdaPlace) => {
  const known = plays.get(p) ?? partial(p);
  plays.set(p, known);
  return known;
};

const failures: readonly LambdaRow[] = [
  [
    `${PARTIAL}, create_event_source_mapping`,
    async (p) => {
      const mapping = await mapped(p, REPORTING);
      return view(mapping, mapping.create());
    },
    createdView({ FunctionResponseTypes: ["ReportBatchItemFailures"] }),
  ],
  [
    `${PARTIAL}, first_invocation`,
    async (p) => (await played(p)).results[0],
    expect.objectContaining({
      given: [1, 2, 3, 4].map((message) => [message, "1"]),
      failed: [2, 3, 4],
    }),
  ],
  [
    `${PARTIAL}, second_invocation`,
    async (p) => (await played(p)).results[1],
    expect.objectContaining({ given: [2, 3, 4].map((message) => [message, "2"]), failed: [4] }),
  ],
  [`${PARTIAL}, dlq_response`, async (p) => (await played(p)).dead.body, { message: 4, fail_attempts: 2 }],
  [
    `${PARTIAL}, send_message_batch to a FIFO queue: refused by name`,
    (p) => p.sqs.send(new CreateQueueCommand({ QueueName: "work.fifo", Attributes: { FifoQueue: "true" } })),
    refused(400, "UnsupportedOperation", expect.stringContaining("FIFO queues are not served")),
  ],
  [
    `${PARTIAL}_on_lambda_error, dlq_messages`,
    async (p) => {
      const { dead, queueAttributes } = await withDeadLetters(p, "1", 1);
      const { queue, create } = await mapped(p, REPORTING, REPORTS, queueAttributes);
      await sendAll(p, queue, ["{not a json body", JSON.stringify({ message: 2, fail_attempts: 0 })]);
      await create();
      await p.aws.eventSources.idle(queue.arn);
      return [(await p.next(dead)).body, (await p.next(dead)).body];
    },
    ["{not a json body", { message: 2, fail_attempts: 0 }],
  ],
];

const BATCHES = "TestSQSEventSourceMapping::test_sqs_event_source_mapping_batch_size";
const RESERVED = "TestSQSEventSourceMapping::test_sqs_event_source_mapping_batching_reserved_concurrency";
const SCALED = { BatchSize: 20, MaximumBatchingWindowInSeconds: 1, ScalingConfig: { MaximumConcurrency: 2 } };
const mappings: readonly LambdaRow[] = [
  ...[100, 1_000, 10_000].map(
    (BatchSize): LambdaRow => [
      `${BATCHES}[${BatchSize}], create-event-source-mapping-response`,
      async (p) => {
        const mapping = await mapped(p, { BatchSize, MaximumBatchingWindowInSeconds: 10 });
        return view(mapping, mapping.create());
      },
      createdView({ BatchSize, MaximumBatchingWindowInSeconds: 10 }),
    ],
  ),
  [
    `${BATCHES}[100], Records`,
    async (p) => {
      const { queue, name, create } = await mapped(p, { BatchSize: 100, MaximumBatchingWindowInSeconds: 1 });
      const bodies = Array.from({ length: 15 }, (_, at) => `message-${at}`);
      await sendAll(p, queue, bodies);
      const events = p.results(name) as SqsEvent[];
      await create();
      await p.aws.eventSources.idle(queue.arn);
      const got = events.flatMap(({ Records }) => Records.map(({ body }) => body)).sort();
      return { isEach: got.join() === [...bodies].sort().join(), attributes: events[0]?.Records[14]?.attributes };
    },
    { isEach: true, attributes: attributes("1") },
  ],
  [
    `${RESERVED}, put_concurrency_resp`,
    async (p) => {
      const { name: FunctionName } = await mapped(p, {}, ECHO);
      const put = new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 2 });
      return (await p.lambda.send(put)).ReservedConcurrentExecutions;
    },
    2,
  ],
  [
    `${RESERVED}, create-event-source-mapping-response`,
    async (p) => {
      const mapping = await mapped(p, SCALED);
      return view(mapping, mapping.create());
    },
    createdView(SCALED),
  ],
  [
    `${RESERVED}, batch_info`,
    async (p) => {
      const { queue, name, create } = await mapped(p, SCALED, ECHO);
      const put = new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 2 });
      await p.lambda.send(put);
      await sendAll(
        p,
        queue,
        Array.from({ length: 30 }, (_, at) => `${at}-message`),
      );
      const events = p.results(name) as SqsEvent[];
      await create();
      await p.aws.eventSources.idle(queue.arn);
      return { batches: events.length, messages: events.flatMap(({ Records }) => Records).length };
    },
    { batches: 2, messages: 30 },
  ],
  [
    "TestSQSEventSourceMapping::test_duplicate_event_source_mappings, create",
    async (p) => {
      const mapping = await mapped(p);
      return view(mapping, mapping.create());
    },
    createdView(),
  ],
  [
    "TestSQSEventSourceMapping::test_duplicate_event_source_mappings, error",
    async (p) => {
      const { create, queue, name } = await mapped(p);
      const { UUID: uuid = "" } = await create();
      return create().catch(({ message, ...error }: Error) =>
        Promise.reject({
          ...error,
          name: "ResourceConflictException",
          message: message.replace(queue.arn, "QUEUE").replace(name, "NAME").replace(uuid, "UUID"),
        }),
      );
    },
    refused(
      409,
      "ResourceConflictException",
      'An event source mapping with SQS arn (" QUEUE ") and function (" NAME ") already exists. Please update or delete the existing mapping with UUID UUID',
    ),
  ],
  [
    "test_esm_with_not_existing_sqs_queue",
    async (p) => {
      const { queue, create } = await mapped(p);
      p.aws.sqs.queues.delete(queue.arn.split(":")[5] ?? "");
      return create();
    },
    invalid(
      "Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.",
    ),
  ],
  ...["null", "simple string", '{"eventSource":"aws:sqs"}', '{"eventSource":[]}'].map(
    (Pattern): LambdaRow => [
      `TestSQSEventSourceMapping::test_sqs_invalid_event_filter[${Pattern}]`,
      async (p) => (await mapped(p, { FilterCriteria: { Filters: [{ Pattern }] } })).create(),
      invalid("Invalid filter pattern definition."),
    ],
  ),
];

const permit = (p: LambdaPlace, FunctionName: string, Principal: string) =>
  p.lambda.send(
    new AddPermissionCommand({ FunctionName, StatementId: "source", Action: "lambda:InvokeFunction", Principal }),
  );

const SOURCE = "core.update-account-command";
/** The event that a rule gives a function. */
async function ruled(p: LambdaPlace, detail: object): Promise<unknown> {
  const name = await p.deploy(ECHO);
  await permit(p, name, "events.amazonaws.com");
  const EventBusName = p.newName();
  const Rule = p.newName();
  await p.events.send(new CreateEventBusCommand({ Name: EventBusName }));
  const EventPattern = JSON.stringify({ source: [SOURCE], "detail-type": [SOURCE] });
  await p.events.send(new PutRuleCommand({ Name: Rule, EventBusName, EventPattern }));
  await p.events.send(new PutTargetsCommand({ Rule, EventBusName, Targets: [{ Id: "1", Arn: p.arnOf(name) }] }));
  const result = p.nextResult(name);
  const entry = { EventBusName, Source: SOURCE, DetailType: SOURCE, Detail: JSON.stringify(detail) };
  await p.events.send(new PutEventsCommand({ Entries: [entry] }));
  const { account, region, ...event } = (await result) as Readonly<Record<string, unknown>>;
  return { ...event, isPlace: account === p.aws.accountId && region === p.aws.region };
}
const ruledEvent = (detail: object) => ({
  version: "0",
  id: UUID,
  "detail-type": SOURCE,
  source: SOURCE,
  time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
  resources: [],
  detail,
  isPlace: true,
});
const ACCOUNT = { command: "update-account", payload: { acc_id: "0a787ecb-4015", sf_id: "baz" } };
const LISTS = {
  payload: {
    userId: 10,
    targetEntity: true,
    card: { foo: "bar" },
    automations: [{ id: "123", actions: [{ settings: { message: "", recipientEmails: [] } }] }],
  },
};

const rules: readonly LambdaRow[] = [
  ["TestEventsTargetLambda::test_put_events_with_target_lambda", (p) => ruled(p, ACCOUNT), ruledEvent(ACCOUNT)],
  ["TestEventsTargetLambda::test_put_events_with_target_lambda_list_entry", (p) => ruled(p, LISTS), ruledEvent(LISTS)],
];

/** A topic with a function, and what the function was given. */
async function topic(p: LambdaPlace, source = ECHO, isPermitted = true, config: object = {}) {
  const name = await p.deploy(source, config);
  const { TopicArn = "" } = await p.sns.send(new CreateTopicCommand({ Name: p.newName() }));
  if (isPermitted) await permit(p, name, "sns.amazonaws.com");
  const subscribe = new SubscribeCommand({
    TopicArn,
    Protocol: "lambda",
    Endpoint: p.arnOf(name),
    ReturnSubscriptionArn: true,
  });
  const { SubscriptionArn = "" } = await p.sns.send(subscribe);
  return { name, TopicArn, SubscriptionArn };
}
const notified = async (p: LambdaPlace, Subject: string | undefined) => {
  const { name, TopicArn, SubscriptionArn } = await topic(p);
  const result = p.nextResult(name);
  await p.sns.send(new PublishCommand({ TopicArn, Message: "Hello world.", Subject }));
  const [record] = (
    (await result) as { readonly Records: readonly { readonly Sns: Readonly<Record<string, unknown>> }[] }
  ).Records;
  return { record, TopicArn, SubscriptionArn };
};
const notification = async (p: LambdaPlace, Subject: string | undefined) => {
  const { record, ...own } = await notified(p, Subject);
  const { TopicArn, UnsubscribeUrl, ...sns } = record?.Sns ?? {};
  const isUnsubscribe = decodeURIComponent(String(UnsubscribeUrl)).endsWith(
    `/?Action=Unsubscribe&SubscriptionArn=${own.SubscriptionArn}`,
  );
  return { ...sns, isTopic: TopicArn === own.TopicArn, isUnsubscribe };
};
const SNS = {
  Type: "Notification",
  MessageId: UUID,
  Message: "Hello world.",
  MessageAttributes: {},
  Signature: isText,
  SignatureVersion: "1",
  SigningCertUrl: expect.stringMatching(/\/SimpleNotificationService.*\.pem$/) as string,
  Timestamp: TIME,
  isTopic: true,
  isUnsubscribe: true,
};
const FAILS = 'export const handler = async () => { throw new Error("Test exception (this is intentional)"); };';
const SNS_DEAD = "TestSNSSubscriptionLambda::test_sns_topic_as_lambda_dead_letter_queue";
/** A notification whose function fails, as its dead-letter topic passes it on. */
const deadNotification = async (p: LambdaPlace) => {
  const queue = await p.queue();
  const { TopicArn: deadLetterArn = "" } = await p.sns.send(new CreateTopicCommand({ Name: p.newName() }));
  await p.sns.send(new SubscribeCommand({ TopicArn: deadLetterArn, Protocol: "sqs", Endpoint: queue.arn }));
  const { TopicArn, SubscriptionArn } = await topic(p, FAILS, true, {
    deadLetterArn,
    eventInvokeConfig: { maximumRetryAttempts: 0 },
  });
  await p.sns.send(new PublishCommand({ TopicArn, Message: '{"raise_error": 1}' }));
  const { body } = (await p.next(queue)) as {
    readonly body: { readonly Message: string; readonly MessageAttributes: object; readonly TopicArn: string };
  };
  return { ...body, isDeadLetterTopic: body.TopicArn === deadLetterArn, SubscriptionArn };
};
const SNS_REDRIVE = "TestSNSSubscriptionLambda::test_redrive_policy_lambda_subscription";
/** A subscription whose function may not be invoked, with a queue for what it misses. */
const redriven = async (p: LambdaPlace) => {
  const queue = await p.queue();
  const { name, TopicArn, SubscriptionArn } = await topic(p, ECHO, false);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queue.arn });
  await p.sns.send(
    new SetSubscriptionAttributesCommand({
      SubscriptionArn,
      AttributeName: "RedrivePolicy",
      AttributeValue: RedrivePolicy,
    }),
  );
  return { queue, name, TopicArn, SubscriptionArn };
};

const topics: readonly LambdaRow[] = [
  [
    "TestSNSSubscriptionLambda::test_python_lambda_subscribe_sns_topic, notification",
    (p) => notification(p, "[Subject] Test subject"),
    { ...SNS, Subject: "[Subject] Test subject" },
  ],
  [`${SNS_DEAD}, the notification without a subject`, (p) => notification(p, undefined), { ...SNS, Subject: null }],
  [
    `${SNS_DEAD}, the event around it`,
    async (p) => {
      const { Message, SubscriptionArn } = await deadNotification(p);
      const [{ Sns, EventSubscriptionArn, ...record }] = (
        JSON.parse(Message) as { readonly Records: readonly [Readonly<Record<string, string>>] }
      ).Records;
      return { ...record, isSubscription: EventSubscriptionArn === SubscriptionArn, hasSns: Sns !== undefined };
    },
    { EventSource: "aws:sns", EventVersion: "1.0", isSubscription: true, hasSns: true },
  ],
  [
    `${SNS_DEAD}, messages, their attributes`,
    async (p) => (await deadNotification(p)).MessageAttributes,
    {
      ErrorCode: { Type: "Number", Value: "200" },
      ErrorMessage: { Type: "String", Value: "Test exception (this is intentional)" },
      RequestID: { Type: "String", Value: UUID },
    },
  ],
  [
    `${SNS_DEAD}, messages, their topic`,
    async (p) => {
      const { isDeadLetterTopic, ...body } = await deadNotification(p);
      return { isDeadLetterTopic, hasSubject: "Subject" in body };
    },
    { isDeadLetterTopic: true, hasSubject: false },
  ],
  [
    `${SNS_REDRIVE}, subscription-attributes`,
    async (p) => {
      const { queue, name, TopicArn, SubscriptionArn } = await redriven(p);
      const { Attributes = {} } = await p.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
      const { Endpoint, Owner, Protocol, PendingConfirmation, ConfirmationWasAuthenticated, RedrivePolicy } =
        Attributes;
      return {
        isEndpoint: Endpoint === p.arnOf(name),
        isOwner: Owner === p.aws.accountId,
        isTopic: Attributes.TopicArn === TopicArn,
        isDeadLetterQueue: JSON.parse(RedrivePolicy ?? "{}").deadLetterTargetArn === queue.arn,
        RawMessageDelivery: Attributes.RawMessageDelivery,
        Protocol,
        PendingConfirmation,
        ConfirmationWasAuthenticated,
      };
    },
    {
      isEndpoint: true,
      isOwner: true,
      isTopic: true,
      isDeadLetterQueue: true,
      RawMessageDelivery: "false",
      Protocol: "lambda",
      PendingConfirmation: "false",
      ConfirmationWasAuthenticated: "true",
    },
  ],
  [
    `${SNS_REDRIVE}, messages`,
    async (p) => {
      const { queue, TopicArn } = await redriven(p);
      const MessageAttributes = { attr1: { DataType: "Number", StringValue: "1" } };
      await p.sns.send(new PublishCommand({ TopicArn, Message: "test_redrive_policy", MessageAttributes }));
      const { body } = await p.next(queue);
      const { Type, Message, MessageAttributes: told } = body as Readonly<Record<string, unknown>>;
      return { Type, Message, MessageAttributes: told };
    },
    {
      Type: "Notification",
      Message: "test_redrive_policy",
      MessageAttributes: { attr1: { Type: "Number", Value: "1" } },
    },
  ],
];

const bucket = async (p: LambdaPlace) => {
  const Bucket = p.newName();
  await p.s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
};
const notify = (p: LambdaPlace, Bucket: string, LambdaFunctionArn: string, SkipDestinationValidation = false) =>
  p.s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket,
      SkipDestinationValidation,
      NotificationConfiguration: {
        LambdaFunctionConfigurations: [{ Id: "id123", LambdaFunctionArn, Events: ["s3:ObjectCreated:*"] }],
      },
    }),
  );
const S3 = "TestS3NotificationsToLambda";
const objectEvent = async (p: LambdaPlace) => {
  const [name, Bucket] = [await p.deploy(ECHO), await bucket(p)];
  await permit(p, name, "s3.amazonaws.com");
  await notify(p, Bucket, p.arnOf(name));
  const result = p.nextResult(name);
  await p.s3.send(new PutObjectCommand({ Bucket, Key: "a key", Body: "hello world" }));
  const { Records } = (await result) as { readonly Records: readonly Readonly<Record<string, unknown>>[] };
  return { Bucket, record: Records[0] ?? {} };
};
const invalidArn = { ...refused(400, "InvalidArgument", "The ARN could not be parsed") };
const objects: readonly LambdaRow[] = [
  [
    `${S3}::test_create_object_put_via_dynamodb, table_content, the record`,
    async (p) => {
      const { s3, awsRegion, ...record } = (await objectEvent(p)).record;
      return { ...record, isRegion: awsRegion === p.aws.region, hasS3: s3 !== undefined };
    },
    {
      eventVersion: "2.1",
      eventSource: "aws:s3",
      eventName: "ObjectCreated:Put",
      eventTime: TIME,
      userIdentity: { principalId: isText },
      requestParameters: { sourceIPAddress: isText },
      responseElements: { "x-amz-request-id": isText, "x-amz-id-2": isText },
      isRegion: true,
      hasS3: true,
    },
  ],
  [
    `${S3}::test_create_object_put_via_dynamodb, table_content, its object`,
    async (p) => {
      const { Bucket, record } = await objectEvent(p);
      return JSON.parse(JSON.stringify(record.s3).replaceAll(Bucket, "BUCKET")) as unknown;
    },
    {
      s3SchemaVersion: "1.0",
      configurationId: "id123",
      bucket: { name: "BUCKET", ownerIdentity: { principalId: isText }, arn: "arn:aws:s3:::BUCKET" },
      object: {
        key: "a+key",
        size: 11,
        eTag: "5eb63bbbe01eeed093cb22bb8f5acdc3",
        sequencer: expect.stringMatching(/^[0-9A-F]{16,}$/) as string,
      },
    },
  ],
  [
    `${S3}::test_invalid_lambda_arn, invalid_not_skip`,
    async (p) => notify(p, await bucket(p), "invalid-queue"),
    invalidArn,
  ],
  [
    `${S3}::test_invalid_lambda_arn, invalid_skip`,
    async (p) => notify(p, await bucket(p), "invalid-queue", true),
    invalidArn,
  ],
  [
    `${S3}::test_invalid_lambda_arn, lambda-does-not-exist`,
    async (p) => notify(p, await bucket(p), p.arnOf("my-lambda")),
    refused(400, "InvalidArgument", "Unable to validate the following destination configurations"),
  ],
  [
    `${S3}::test_invalid_lambda_arn, skip_destination_validation`,
    async (p) => {
      const Bucket = await bucket(p);
      await notify(p, Bucket, p.arnOf("my-lambda"), true);
      const told = await p.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
      return told.LambdaFunctionConfigurations?.map(({ Id, Events, LambdaFunctionArn }) => ({
        Id,
        Events,
        isArn: LambdaFunctionArn === p.arnOf("my-lambda"),
      }));
    },
    [{ Id: "id123", Events: ["s3:ObjectCreated:*"], isArn: true }],
  ],
];

/** Mappings of queues, and the events that sources give functions, row by row. */
export const recordedEventSourceCalls = [
  ...rowsOf("test_lambda_integration_sqs.py", [...filters, ...records, ...failures, ...mappings]),
  ...rowsOf("test_events_targets.py", rules),
  ...rowsOf("test_sns.py", topics),
  ...rowsOf("test_s3_notifications_lambda.py", objects),
];
