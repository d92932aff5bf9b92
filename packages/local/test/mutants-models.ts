import type { Mutant } from "../../../mutants/src/mutant.ts";

const sqs = {
  testFile: "test/models/sqs.test.ts",
  test: "hide, deliver, delay, forget and redrive the same messages",
} as const;

const s3 = { testFile: "test/models/s3.test.ts", test: "keep and list the same objects" } as const;
const s3Uploads = { testFile: "test/models/s3.test.ts", test: "make the same objects of uploads in parts" } as const;
const dynamoDb = { testFile: "test/models/dynamodb.test.ts", test: "keep, refuse and find the same items" } as const;
const eventQueue = {
  testFile: "test/models/event-queue.test.ts",
  test: "try events at the same moments, and send the same records",
} as const;

const topic = { testFile: "test/models/fan-out.test.ts", test: "a topic" } as const;
const eventBus = { testFile: "test/models/fan-out.test.ts", test: "an event bus" } as const;

/** The models of the services notice what a service does otherwise than AWS says. */
export const modelMutants: readonly Mutant[] = [
  {
    id: "old-receipt-deletes",
    promise: "A receipt handle deletes nothing once the message was received again.",
    file: "src/sqs/message-queue.ts",
    from: "if (message?.receiveCount !== receipt.receiveCount) return undefined;",
    to: "if (message === undefined) return undefined;",
    ...sqs,
  },
  {
    id: "dead-letter-too-late",
    promise: "A message goes to the dead-letter queue when it was received as often as its policy says.",
    file: "src/sqs/message-queue.ts",
    from: "message.receiveCount >= redrivePolicy.maxReceiveCount",
    to: "message.receiveCount > redrivePolicy.maxReceiveCount",
    ...sqs,
  },
  {
    id: "redriven-message-is-old",
    promise: "A redriven message is a new one.",
    file: "src/sqs/message.ts",
    from: "    ...message,\n    id,\n    sentAtMs,",
    to: "    ...message,\n    id,",
    ...sqs,
  },
  {
    id: "dead-letter-is-young",
    promise: "A dead letter's retention counts from when it was first sent.",
    file: "src/sqs/message-queue.ts",
    from: "{ ...message, deadLetterSourceArn, enteredAtMs: nowMs }",
    to: "{ ...message, deadLetterSourceArn, enteredAtMs: nowMs, sentAtMs: nowMs }",
    ...sqs,
  },
  {
    id: "write-condition-once",
    promise: "Of writers at once that create only, or compare and swap, one wins.",
    file: "src/s3/s3-state.ts",
    from: "    checkWrite(conditions, bucket.objects.get(key), key, before);\n",
    to: "",
    ...s3,
  },
  {
    id: "start-after-within-prefix",
    promise: "A listing has no result that does not come after StartAfter, a common prefix included.",
    file: "src/s3/list-page.ts",
    from: 'if (delimiter !== "" && startAfter.startsWith(prefix)) {',
    to: 'if (delimiter === "never" && startAfter.startsWith(prefix)) {',
    ...s3,
  },
  {
    id: "small-part-within",
    promise: "Each part but the last has 5 MiB.",
    file: "src/s3/complete-upload.ts",
    from: "if (at < listed.length - 1 && stored.body.size < MIN_PART_BYTES) {",
    to: "if (at < listed.length - 1 && stored.body.size < MIN_PART_BYTES - 1) {",
    ...s3Uploads,
  },
  {
    id: "refused-write-without-item",
    promise: "A refused write returns the item that refused it, if asked for.",
    file: "src/dynamodb/dynalite-engine.ts",
    from: "      failure.body.Item = existing;",
    to: "      failure.body.Item = undefined;",
    ...dynamoDb,
  },
  {
    id: "mistaken-ttl-expires",
    promise: "An item whose time to live lies more than five years back is kept.",
    file: "src/dynamodb/time-to-live.ts",
    from: "N: String(nowSeconds - fiveYearsSeconds)",
    to: 'N: "0"',
    ...dynamoDb,
  },
  {
    id: "second-retry-too-early",
    promise: "An event that failed is tried again after one minute, then after two.",
    file: "src/lambda/retry-schedule.ts",
    from: "60_000 * history.failures",
    to: "60_000",
    ...eventQueue,
  },
  {
    id: "throttles-never-forgotten",
    promise: "Waits for concurrency begin anew after each run.",
    file: "src/lambda/event-queue.ts",
    from: "        throttles = 0;\n",
    to: "",
    ...eventQueue,
  },
  {
    id: "concurrency-one-too-many",
    promise: "A function has as many runs at a time as are reserved for it.",
    file: "src/lambda/concurrency.ts",
    from: "state.functionInFlight < state.reserved",
    to: "state.functionInFlight <= state.reserved",
    ...eventQueue,
  },
  {
    id: "filter-policy-forgotten",
    promise: "A subscription receives the messages that its filter policy lets through.",
    file: "src/sns/publisher.ts",
    from: "if (settings.filter && !settings.filter(notification.message, attributes)) continue;",
    to: "",
    ...topic,
  },
  {
    id: "sns-dead-letter-lost",
    promise: "A message that a subscriber cannot take goes to its dead-letter queue.",
    file: "src/sns/publisher.ts",
    from: "      await options.deliver(dead, deadPayload, origin).catch(",
    to: "      await Promise.resolve().catch(",
    ...topic,
  },
  {
    id: "rule-that-is-off-sends",
    promise: "A rule that is disabled sends nothing.",
    file: "src/events/event-bus.ts",
    from: "({ rule, matches }) => rule.isEnabled && busOf(rule)",
    to: "({ rule, matches }) => busOf(rule)",
    ...eventBus,
  },
  {
    id: "first-rule-only",
    promise: "An event goes to the targets of all rules that it matches.",
    file: "src/events/event-bus.ts",
    from: "await Promise.all(matching.map((kept)",
    to: "await Promise.all(matching.slice(0, 1).map((kept)",
    ...eventBus,
  },
];
