import type { QueueTraffic } from "../sqs/message-queue.ts";
import type { Queue, Queues } from "../sqs/queues.ts";
import type { Metrics } from "./metrics.ts";
import { setOf } from "./statistic-set.ts";

/** A queue that nobody used for so long reports nothing, in metric seconds. */
const activeSeconds = 6 * 3600;

/** Messages received so often count as poison, whose age is left out. */
const poisonReceives = 3;

/** Publishes what SQS reports of its queues. */
export interface QueueMetrics {
  /** Reports the minute that begins at a metric second and has just ended. */
  publish(minuteSecond: number, nowMs: number): void;
}

/**
 * The metrics of the namespace `AWS/SQS`, one value a minute. Age is in seconds of the clock, as are the visibility
 * timeouts of queues, however fast metric time runs.
 *
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export function createQueueMetrics(queues: Queues, metrics: Metrics): QueueMetrics {
  const reported = new Map<string, { traffic: QueueTraffic; usedSecond: number }>();
  return {
    publish(minuteSecond, nowMs) {
      const present = queues.list();
      const names = new Set(present.map(({ name }) => name));
      for (const name of reported.keys()) if (!names.has(name)) reported.delete(name);
      for (const queue of present) {
        const before = reported.get(queue.name);
        const traffic = { ...queue.messages.traffic };
        const wasUsed = !before || !queue.messages.isEmpty || !isSame(before.traffic, traffic);
        const usedSecond = before && !wasUsed ? before.usedSecond : minuteSecond;
        reported.set(queue.name, { traffic, usedSecond });
        if (minuteSecond - usedSecond >= activeSeconds) continue;
        for (const [name, value] of valuesOf(queue, before?.traffic, nowMs)) {
          const dimensions = [{ name: "QueueName", value: queue.name }];
          const unit = name === "ApproximateAgeOfOldestMessage" ? "Seconds" : "Count";
          metrics.put({ namespace: "AWS/SQS", name, dimensions }, minuteSecond, setOf(value), { unit });
        }
      }
    },
  };
}

function valuesOf({ messages }: Queue, before: QueueTraffic | undefined, nowMs: number): [string, number][] {
  const { visible, inFlight, delayed } = messages.counts(nowMs);
  const { traffic } = messages;
  const oldestMs = messages.oldestEnteredAtMs(nowMs, poisonReceives);
  return [
    ["ApproximateNumberOfMessagesVisible", visible],
    ["ApproximateNumberOfMessagesNotVisible", inFlight],
    ["ApproximateNumberOfMessagesDelayed", delayed],
    ["ApproximateAgeOfOldestMessage", oldestMs === undefined ? 0 : Math.floor((nowMs - oldestMs) / 1000)],
    ["NumberOfMessagesSent", traffic.sent - (before?.sent ?? 0)],
    ["NumberOfMessagesReceived", traffic.received - (before?.received ?? 0)],
    ["NumberOfMessagesDeleted", traffic.deleted - (before?.deleted ?? 0)],
    ["NumberOfEmptyReceives", traffic.emptyReceives - (before?.emptyReceives ?? 0)],
  ];
}

function isSame(a: QueueTraffic, b: QueueTraffic): boolean {
  return (
    a.sent === b.sent && a.received === b.received && a.deleted === b.deleted && a.emptyReceives === b.emptyReceives
  );
}
