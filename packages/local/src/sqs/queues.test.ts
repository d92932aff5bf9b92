import { describe, expect, it } from "vitest";
import { createManualClock } from "../../test/manual-clock.ts";
import type { OutgoingMessage } from "./message.ts";
import { Queues } from "./queues.ts";

function setUp() {
  const clock = createManualClock(1_800_000_000_000);
  let ids = 0;
  const queues = new Queues({
    region: "us-east-1",
    accountId: "000000000000",
    clock,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
  });
  return { clock, queues, queue: queues.create("work", { MaximumMessageSize: "1024" }) };
}
const message = (bytes: number): OutgoingMessage => ({ body: "a".repeat(bytes), attributes: {}, senderId: "me" });

// Where no other source is named, these are LocalStack's recordings of AWS, tests/aws/services/sqs/test_sqs.py.
describe("a queue", () => {
  it("is purged once a minute: test_successive_purge_calls_fail", async () => {
    const { clock, queues, queue } = setUp();
    queues.send(queue, message(1));
    queues.purge(queue);
    expect(queue.messages.isEmpty).toBe(true);
    expect(() => queues.purge(queue)).toThrow(
      expect.objectContaining({
        code: "PurgeQueueInProgress",
        status: 403,
        message: "Only one PurgeQueue operation on work is allowed every 60 seconds.",
      }),
    );
    await clock.advance(60_000);
    expect(() => queues.purge(queue)).not.toThrow();
  });

  it("has one kind of encryption at a time: test_sse_kms_and_sqs_are_mutually_exclusive", () => {
    const { queues, queue } = setUp();
    queues.setAttributes(queue, { KmsMasterKeyId: "key" });
    expect(() => queues.setAttributes(queue, { SqsManagedSseEnabled: "true" })).toThrow("one type of server-side");
    expect(() => queues.create("both", { KmsMasterKeyId: "key", SqsManagedSseEnabled: "true" })).toThrow(
      "one type of server-side",
    );
    queues.setAttributes(queue, { KmsMasterKeyId: "", SqsManagedSseEnabled: "true" });
    expect(queue.attributes).toMatchObject({ KmsMasterKeyId: "", SqsManagedSseEnabled: "true" });
  });

  it.each([
    ["FifoQueue", "false", "Unknown Attribute FifoQueue."],
    ["ContentBasedDeduplication", "true", "Unknown Attribute ContentBasedDeduplication."],
    ["DeduplicationScope", "queue", "You can specify the DeduplicationScope only when FifoQueue is set to true."],
    ["FifoThroughputLimit", "perQueue", "You can specify the FifoThroughputLimit only when FifoQueue is set to true."],
  ])("that is standard has no %s: test_create_standard_queue_with_fifo_attribute_raises_error", (name, value, text) => {
    expect(() => setUp().queues.create("standard", { [name]: value })).toThrow(
      expect.objectContaining({ code: "InvalidAttributeName", message: text }),
    );
  });

  it("says by its place in the request that a message is too large: test_send_batch_message_size", () => {
    const { queues, queue } = setUp();
    expect(queues.send(queue, message(1_024)).bytes).toBe(1_024);
    expect(() => queues.send(queue, message(1_025))).toThrow("One or more parameters are invalid.");
    expect(() => queues.send(queue, message(1_025), "entry")).toThrow("One or more parameters cannot be validated.");
  });
});

describe("dead letters that are redriven", () => {
  async function deadLetter() {
    const { clock, queues, queue } = setUp();
    const dead = queues.create("dead", { MessageRetentionPeriod: "60" });
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 });
    queues.setAttributes(queue, { RedrivePolicy, VisibilityTimeout: "0", MessageRetentionPeriod: "60" });
    const { id } = queues.send(queue, message(3));
    for (let receives = 0; receives < 2; receives += 1) await queues.receive(queue, { maxMessages: 1 });
    expect(dead.messages.counts(clock.nowMs()).visible).toBe(1);
    return { clock, queues, queue, dead, id };
  }

  // "The redrive task resets the retention period. All redriven messages are considered new messages with a new messageID
  // and enqueueTime": the SQS Developer Guide, sqs-configure-dead-letter-queue-redrive.
  it("are new messages: their id, age and receives begin anew", async () => {
    const { clock, queues, queue, dead, id } = await deadLetter();
    clock.advance(59_000);
    expect(queues.moveAll(dead, undefined)).toBe(1);
    clock.advance(59_000);
    const [back] = await queues.receive(queue, { maxMessages: 1 });
    expect(back).toMatchObject({ body: "aaa", receiveCount: 1, sentAtMs: clock.nowMs() - 59_000 });
    expect(back).toMatchObject({ firstReceivedAtMs: clock.nowMs(), deadLetterSourceArn: undefined });
    expect(back?.id).not.toBe(id);
  });

  it("are moved once, also to the queue they are in", async () => {
    const { clock, queues, dead } = await deadLetter();
    expect(queues.moveAll(dead, dead)).toBe(1);
    expect(dead.messages.counts(clock.nowMs()).visible).toBe(1);
  });

  it("are looked at once by each receive of a queue that is its own dead-letter queue", async () => {
    const { clock, queues, queue } = setUp();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queue.arn, maxReceiveCount: 1 });
    queues.setAttributes(queue, { RedrivePolicy, VisibilityTimeout: "0" });
    queues.send(queue, message(3));
    for (let receives = 0; receives < 3; receives += 1) await queues.receive(queue, { maxMessages: 1 });
    expect(queue.messages.counts(clock.nowMs()).visible).toBe(1);
  });
});
