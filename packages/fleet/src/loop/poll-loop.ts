import type { RunContext } from "@longhaul/core";
import { CallTimeoutError } from "@longhaul/core/errors";
import type { Host } from "@longhaul/core/parts";
import { backOffMs, retryable } from "@longhaul/core/parts";
import { type MessageQueue, QueueMissingError } from "../queues/message-queue.ts";
import type { LoopEvent } from "../tokens/token-row.ts";
import { InFlight, type InFlightParts, type MessageTrouble } from "./in-flight.ts";
import type { LoopLease } from "./loop-leases.ts";

/** Counts of a loop since it was started or replaced. They travel from hop to hop. */
export interface LoopCounts {
  readonly polls: number;
  readonly processed: number;
  /** Messages that failed and went back to the queue. */
  readonly failed: number;
  /** Calls to SQS that failed without ending the loop. */
  readonly troubles: number;
}

/** Parts of a loop. */
export interface PollParts
  extends Pick<InFlightParts, "process" | "capacity" | "visibilitySeconds" | "messageTimeoutMs"> {
  readonly queue: MessageQueue;
  readonly lease: LoopLease;
  readonly host: Host;
  readonly waitSeconds: number;
  /** Called when the queue does not exist, before the loop ends. */
  readonly onQueueMissing: (error: QueueMissingError) => void;
  /** Called with each error that does not end the loop. */
  readonly onTrouble: (error: unknown, what: LoopTrouble, messageId?: string) => void;
}

/** The step that failed. */
export type LoopTrouble = MessageTrouble | "receive";

/**
 * Longest wait for the rest of a poll's messages before the next poll, in milliseconds. It lets quick messages end together,
 * so that polls and deletions are of full batches. A slow message holds up the others for this long.
 */
const LINGER_MS = 1_000;

/**
 * A poll that is not answered holds the loop for longer than a poll waits. After one, this many polls wait at most this many
 * seconds, so that the next unanswered one costs less.
 */
const [WARY_POLLS, WARY_WAIT_S] = [50, 1];

/**
 * Polls for as many messages as there is capacity for, processes them, and polls again, without end. Each poll ends at a safe
 * point, where the loop may continue in the next invocation. The loop ends when its lease is lost or its queue is gone. It
 * then leaves its poll at once, and completes its messages.
 */
export async function* pollLoop(
  counts: LoopCounts,
  context: Pick<RunContext<LoopEvent>, "signal" | "progress" | "budget">,
  parts: PollParts,
): AsyncGenerator<LoopCounts, LoopCounts> {
  const { lease, host } = parts;
  const { budget, signal: hopSignal } = context;
  let { polls, troubles } = counts;
  const trouble = (error: unknown, what: LoopTrouble, messageId?: string) => {
    troubles++;
    parts.onTrouble(error, what, messageId);
  };
  const inFlight = new InFlight({
    ...parts,
    onError: (error, what, message) => trouble(error, what, message?.messageId),
  });
  const polling = new AbortController();
  const { signal } = polling;
  // Not AbortSignal.any(): it would keep the listeners that each call adds for the rest of the hop.
  const endPolling = () => polling.abort();
  const endHop = () => {
    endPolling();
    inFlight.abort(hopSignal.reason);
  };
  if (hopSignal.aborted) endHop();
  hopSignal.addEventListener("abort", endHop, { once: true });
  lease.lost.addEventListener("abort", endPolling, { once: true });
  const countsNow = (): LoopCounts => ({
    polls,
    processed: counts.processed + inFlight.processed,
    failed: counts.failed + inFlight.failed,
    troubles: troubles + inFlight.undeleted,
  });
  let [failures, waryPolls, isQueueMissing] = [0, 0, false];

  /** Polls once, and waits for the messages that it gets. */
  async function poll(maxMessages: number): Promise<void> {
    const { queue, visibilitySeconds } = parts;
    // SQS deletes processed messages while the poll waits.
    void inFlight.removeDone();
    polls++;
    try {
      const mostSeconds = waryPolls-- > 0 ? WARY_WAIT_S : parts.waitSeconds;
      const waitSeconds = Math.min(mostSeconds, parts.waitSeconds, Math.floor(lease.safeMs / 1_000));
      const messages = await queue.receive({ maxMessages, waitSeconds, visibilitySeconds, signal });
      failures = 0;
      if (messages.length > 0) await within(host, LINGER_MS, hopSignal, inFlight.take(messages));
    } catch (error) {
      if (signal.aborted) return;
      trouble(error, "receive");
      if (error instanceof QueueMissingError) {
        isQueueMissing = true;
        parts.onQueueMissing(error);
        return;
      }
      if (error instanceof CallTimeoutError) waryPolls = WARY_POLLS;
      failures++;
      await within(host, backOffMs(failures, retryable(error) ?? "throttled", host.random()), signal);
    }
  }

  /** Waits for the messages in flight before the hop ends, except for those that take unusually long. */
  async function complete(): Promise<void> {
    const usualMs = Math.max(LINGER_MS, inFlight.expectedMs ?? budget.usableMs);
    await within(host, usualMs, hopSignal, inFlight.emptied());
    await within(host, Math.max(0, budget.usableMs), hopSignal, inFlight.removeDone());
  }

  try {
    while (!lease.lost.aborted && !isQueueMissing) {
      // The lease is nearly over. Then no step begins until it is renewed.
      if (lease.safeMs < 1_000) await within(host, Math.max(0, lease.safeMs), signal);
      else if (inFlight.free > 0) await poll(inFlight.free);
      else await within(host, parts.waitSeconds * 1_000, signal, inFlight.freed());
      context.progress({ ...countsNow() });
      if (lease.lost.aborted || isQueueMissing) break;
      // A message that begins now should end before the reserve.
      budget.besideMs = inFlight.expectedMs ?? 0;
      if (!budget.hasTimeAfterStep) await complete();
      yield countsNow();
    }
    await inFlight.emptied();
    await inFlight.removeDone();
    return countsNow();
  } finally {
    await inFlight.close(hopSignal.aborted ? hopSignal.reason : new Error("The hop has ended."));
    hopSignal.removeEventListener("abort", endHop);
    lease.lost.removeEventListener("abort", endPolling);
  }
}

/** Waits until `pending` settles, but at most `limitMs`, and not beyond an abort. Never rejects. */
function within(
  host: Pick<Host, "timer">,
  limitMs: number,
  signal: AbortSignal,
  pending?: Promise<unknown>,
): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = host.timer(limitMs, end);
    signal.addEventListener("abort", end, { once: true });
    pending?.then(end, end);
  });
}
