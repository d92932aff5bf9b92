import { describe, expect, it } from "vitest";
import type { QueuedMessage } from "./message.ts";
import { MessageQueue } from "./message-queue.ts";
import { settingsOf } from "./queue-attributes.ts";

const second = 1000;
const day = 86_400 * second;

function queueOf(attributes: Record<string, string> = {}): MessageQueue {
  return new MessageQueue(settingsOf(attributes));
}

function send(queue: MessageQueue, nowMs: number, id: string, delaySeconds?: number): void {
  queue.send(nowMs, id, {
    body: id,
    attributes: {},
    senderId: "me",
    ...(delaySeconds !== undefined && { delaySeconds }),
  });
}

function receive(queue: MessageQueue, nowMs: number, visibilityTimeoutSeconds = 30): readonly QueuedMessage[] {
  return queue.receive(nowMs, { maxMessages: 10, visibilityTimeoutSeconds });
}

const ids = (messages: readonly QueuedMessage[]) => messages.map(({ id }) => id);
const receiptOf = ({ id, receiveCount }: QueuedMessage) => ({ messageId: id, receiveCount });

describe("a received message is invisible for its timeout", () => {
  it("to the millisecond", () => {
    const queue = queueOf();
    send(queue, 0, "a");
    expect(ids(receive(queue, 0, 30))).toEqual(["a"]);
    expect(receive(queue, 30 * second - 1)).toEqual([]);
    expect(receive(queue, 30 * second)[0]?.receiveCount).toBe(2);
  });

  it("which its holder may extend, up to 12 hours from the receive", () => {
    const queue = queueOf();
    send(queue, 0, "a");
    const [message] = receive(queue, 0, 30);
    const receipt = receiptOf(message!);
    queue.changeVisibility(20 * second, receipt, 100, "handle");
    expect(receive(queue, 119 * second)).toEqual([]);
    expect(() => queue.changeVisibility(119 * second, receipt, 43_200, "handle")).toThrow("beyond the limit");
    expect(ids(receive(queue, 120 * second))).toEqual(["a"]);
  });

  it("and the handle of an earlier receive deletes nothing", () => {
    const queue = queueOf();
    send(queue, 0, "a");
    const earlier = receiptOf(receive(queue, 0, 1)[0]!);
    receive(queue, 2 * second, 1);
    queue.delete(2 * second, earlier);
    expect(queue.counts(2 * second).inFlight).toBe(1);
  });

  it("and a handle whose timeout has passed still deletes, as long as nobody else received it", () => {
    const queue = queueOf();
    send(queue, 0, "a");
    const receipt = receiptOf(receive(queue, 0, 1)[0]!);
    queue.delete(60 * second, receipt);
    expect(queue.counts(60 * second)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});

describe("messages wait their turn", () => {
  it("in the order they were sent", () => {
    const queue = queueOf();
    for (const id of ["a", "b", "c"]) send(queue, 0, id);
    expect(ids(receive(queue, 0))).toEqual(["a", "b", "c"]);
  });

  it("after their delay", () => {
    const queue = queueOf({ DelaySeconds: "10" });
    send(queue, 0, "by queue");
    send(queue, 0, "at once", 0);
    expect(queue.counts(0)).toEqual({ visible: 1, inFlight: 0, delayed: 1 });
    expect(ids(receive(queue, 0))).toEqual(["at once"]);
    expect(queue.nextVisibleAtMs()).toBe(10 * second);
    expect(ids(receive(queue, 10 * second))).toEqual(["by queue"]);
  });
});

describe("a message is gone after the retention period", () => {
  it("wherever it stands", () => {
    const queue = queueOf();
    send(queue, 0, "visible");
    send(queue, day, "later");
    expect(queue.counts(4 * day - 1).visible).toBe(2);
    expect(queue.counts(4 * day).visible).toBe(1);
    expect(ids(receive(queue, 4 * day))).toEqual(["later"]);
    expect(queue.counts(5 * day)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("also when the period is shortened", () => {
    const queue = queueOf();
    send(queue, 0, "a");
    queue.configure(settingsOf({ MessageRetentionPeriod: "60" }));
    expect(queue.counts(61 * second).visible).toBe(0);
  });
});

describe("a message received too often leaves for the dead-letter queue", () => {
  const deadLetterTargetArn = "arn:aws:sqs:us-east-1:000000000000:dead";
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 2 });

  it("at the receive after the last allowed one, and does not count as received", () => {
    const queue = queueOf({ RedrivePolicy });
    const dead: QueuedMessage[] = [];
    send(queue, 0, "poison");
    const request = { maxMessages: 1, visibilityTimeoutSeconds: 0, deadLetter: (m: QueuedMessage) => dead.push(m) };
    expect(ids(queue.receive(0, request))).toEqual(["poison"]);
    expect(ids(queue.receive(1, request))).toEqual(["poison"]);
    expect(queue.receive(2, request)).toEqual([]);
    expect(ids(dead)).toEqual(["poison"]);
    expect(queue.counts(2)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });

  it("keeping the time it was first sent, so that its retention does not begin anew", () => {
    const dead = queueOf({ MessageRetentionPeriod: "60" });
    const source = queueOf();
    send(source, 0, "old");
    dead.adopt(50 * second, source.receive(50 * second, { maxMessages: 1, visibilityTimeoutSeconds: 0 })[0]!, "arn");
    expect(dead.counts(59 * second).visible).toBe(1);
    expect(dead.counts(60 * second).visible).toBe(0);
  });
});

describe("a queue tells when it is empty", () => {
  it("at once if it is, otherwise when the last message is gone, in flight or not", async () => {
    const queue = queueOf();
    await queue.emptied();
    send(queue, 0, "a");
    send(queue, 0, "b", 60);
    let isEmptied = false;
    const emptied = queue.emptied().then(() => {
      isEmptied = true;
    });
    queue.delete(0, receiptOf(receive(queue, 0)[0]!));
    await Promise.resolve();
    expect(isEmptied).toBe(false);
    queue.delete(60 * second, receiptOf(receive(queue, 60 * second)[0]!));
    await emptied;
    expect(queue.isEmpty).toBe(true);
  });
});

describe("a queue counts for its metrics", () => {
  it("what is sent, received and deleted; dead letters that come in are not sent", () => {
    const queue = queueOf();
    const dead = queueOf();
    send(queue, 0, "a");
    send(queue, 0, "b");
    const [a, b] = receive(queue, 0);
    if (a) queue.delete(0, receiptOf(a));
    if (a) queue.delete(0, receiptOf(a));
    if (b) dead.adopt(0, b, "arn");
    expect(queue.traffic).toEqual({ sent: 2, received: 2, deleted: 1, emptyReceives: 0 });
    expect(dead.traffic).toEqual({ sent: 0, received: 0, deleted: 0, emptyReceives: 0 });
  });

  it("the age of the oldest message, poison left out", () => {
    const queue = queueOf();
    expect(queue.oldestEnteredAtMs(0, 3)).toBeUndefined();
    send(queue, 0, "poison");
    for (let round = 0; round < 3; round += 1) receive(queue, round * second, 1);
    expect(queue.oldestEnteredAtMs(3 * second, 4)).toBe(0);
    send(queue, 3 * second, "next");
    expect(queue.oldestEnteredAtMs(4 * second, 3)).toBe(3 * second);
  });

  it("the age of a dead letter from when it came, not from when it was sent", () => {
    const [queue, dead] = [queueOf(), queueOf()];
    send(queue, 0, "a");
    const [a] = receive(queue, 0);
    if (a) dead.adopt(7 * second, { ...a, receiveCount: 1 }, "arn");
    expect(dead.oldestEnteredAtMs(9 * second, 3)).toBe(7 * second);
  });
});

describe("100,000 messages", () => {
  it("pass through with nothing left behind", () => {
    const queue = queueOf();
    for (let index = 0; index < 100_000; index += 1) send(queue, index, `${index}`);
    let nowMs = 200_000;
    let deleted = 0;
    while (deleted < 100_000) {
      nowMs += 1;
      for (const message of receive(queue, nowMs)) {
        // Every seventh first delivery is lost and comes back after its timeout.
        if (message.receiveCount === 1 && Number(message.id) % 7 === 0) continue;
        queue.delete(nowMs, receiptOf(message));
        deleted += 1;
      }
    }
    expect(queue.counts(nowMs)).toEqual({ visible: 0, inFlight: 0, delayed: 0 });
  });
});
