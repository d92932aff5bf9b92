import type { Host, RunContext } from "@longhaul/core";
import type { LoopEvent } from "../fleet/start-loop.ts";
import type { MessageQueue } from "../queues/message-queue.ts";
import type { Refusal } from "../tokens/token-protocol.ts";
import type { LoopLease } from "./loop-lease.ts";
import { type ProcessMessage, processBatch } from "./process-batch.ts";

/** What a loop has done since it was started or restarted; travels from hop to hop. */
export interface LoopCounts {
  readonly polls: number;
  readonly processed: number;
  /** Messages that could not be processed and went back. */
  readonly failed: number;
  /** Calls to SQS and DynamoDB that failed and did not stop the loop. */
  readonly troubles: number;
}

/** What a loop works with. */
export interface PollParts {
  readonly queue: MessageQueue;
  readonly process: ProcessMessage;
  readonly lease: LoopLease;
  readonly host: Host;
  readonly batchSize: number;
  readonly waitSeconds: number;
  readonly visibilitySeconds: number;
  readonly heartbeatEveryMs: number;
  /** Told why the loop is not to go on, when it has completed its messages. */
  readonly onLost: (refusal: Refusal) => void;
  /** Told of whatever goes wrong; the loop goes on. */
  readonly onTrouble: (error: unknown, what: string, messageId?: string) => void;
}

/** First wait after a poll that failed, on average, and the longest, in milliseconds. */
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 20_000];

/**
 * A loop: polls, works on what came, and again, for ever. Each poll ends at a safe point, where it may go on in the next
 * invocation. It ends when its token is gone, ended, or another loop's: with the messages it has completed, and without
 * waiting for its poll.
 */
export async function* pollLoop(
  counts: LoopCounts,
  context: Pick<RunContext<LoopEvent>, "signal" | "progress">,
  parts: PollParts,
): AsyncGenerator<LoopCounts, LoopCounts> {
  const { queue, lease, host, batchSize, waitSeconds, visibilitySeconds } = parts;
  let { polls, processed, failed, troubles } = counts;
  const polling = new AbortController();
  const { signal } = polling;
  // Aborted by hand: AbortSignal.any() would keep account of the listener that each call adds, for as long as the hop.
  const endPolling = () => polling.abort();
  if (context.signal.aborted) endPolling();
  context.signal.addEventListener("abort", endPolling, { once: true });
  const trouble = (error: unknown, what: string, messageId?: string) => {
    troubles++;
    parts.onTrouble(error, what, messageId);
  };
  const stopHeart = heart(parts, context.signal, endPolling, trouble);
  let [nextWaitMs, waitMs] = [FIRST_WAIT_MS, 0];
  // Of the batch before: SQS deletes it while the next poll waits.
  let removal: Promise<number> = Promise.resolve(0);
  try {
    while (!lease.lost) {
      if (waitMs > 0) await pause(host, waitMs, signal);
      polls++;
      try {
        const poll = { maxMessages: batchSize, waitSeconds, visibilitySeconds, signal };
        const messages = signal.aborted ? [] : await queue.receive(poll);
        [nextWaitMs, waitMs] = [FIRST_WAIT_MS, 0];
        if (messages.length > 0) {
          const { queue, process, host, visibilitySeconds } = parts;
          const report = await processBatch(messages, {
            queue,
            process,
            host,
            visibilitySeconds,
            signal: context.signal,
            onError: (error, what, message) => trouble(error, what, message?.messageId),
          });
          troubles += await removal;
          removal = report.removal;
          processed += report.processed;
          failed += report.failed;
        }
      } catch (error) {
        if (!signal.aborted) {
          trouble(error, "receive");
          // Spread, so that loops that failed together do not try again together.
          waitMs = Math.min(LONGEST_WAIT_MS, nextWaitMs * (0.5 + host.random()));
          nextWaitMs = Math.min(LONGEST_WAIT_MS, 2 * nextWaitMs);
        }
      }
      context.progress({ polls, processed, failed, troubles });
      if (lease.lost) break;
      yield { polls, processed, failed, troubles };
    }
    return { polls, processed, failed, troubles };
  } finally {
    stopHeart();
    await removal;
    if (lease.lost) parts.onLost(lease.lost);
    context.signal.removeEventListener("abort", endPolling);
  }
}

/** Beats beside the work, so that long polls and long work show life, and learn of it when they are to end. */
function heart(
  { lease, host, heartbeatEveryMs }: PollParts,
  hopSignal: AbortSignal,
  onLost: () => void,
  onTrouble: (error: unknown, what: string) => void,
): () => void {
  let cancel = () => {};
  let isStopped = false;
  const next = () => {
    // At the reserve the hop ends; its successor's claim is the next heartbeat.
    if (isStopped || hopSignal.aborted) return;
    cancel = host.timer(heartbeatEveryMs, beat);
  };
  const beat = async () => {
    if (isStopped || hopSignal.aborted) return;
    try {
      if (await lease.beat(host.now())) return onLost();
    } catch (error) {
      onTrouble(error, "heartbeat");
    }
    next();
  };
  next();
  return () => {
    isStopped = true;
    cancel();
  };
}

function pause(host: Host, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = host.timer(delayMs, end);
    signal.addEventListener("abort", end, { once: true });
  });
}
