import type { Clock } from "../gateway/clock.ts";
import type { QueuedMessage } from "./message.ts";
import type { MessageQueue } from "./message-queue.ts";

/** Those who wait for messages of one queue (long polling), served in the order they came. */
export interface ReceiverLine {
  /**
   * Tries at once, and then whenever a message may have become visible, until there is one, the wait is over or the
   * caller has gone.
   */
  receive(attempt: Attempt, waitMs: number, signal?: AbortSignal): Promise<readonly QueuedMessage[]>;
  /** How many wait. */
  readonly size: number;
  /** Something was put into the queue. */
  wake(): void;
  /** Everyone gets nothing, now. */
  endAll(): void;
}

type Attempt = () => readonly QueuedMessage[];
type Receiver = { attempt(): boolean; end(): void };

/** One timer per queue at most, and none while nobody waits. */
export function createReceiverLine(queue: MessageQueue, clock: Clock): ReceiverLine {
  const receivers = new Set<Receiver>();
  let cancelTimer: (() => void) | undefined;

  function serve(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const receiver of receivers) if (!receiver.attempt()) break;
    const nextMs = receivers.size > 0 ? queue.nextVisibleAtMs() : undefined;
    if (nextMs !== undefined) cancelTimer = clock.after(Math.max(0, nextMs - clock.nowMs()), serve);
  }

  return {
    get size() {
      return receivers.size;
    },
    receive(attempt, waitMs, signal) {
      const first = attempt();
      if (first.length > 0 || waitMs <= 0 || signal?.aborted) return Promise.resolve(first);
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          receivers.delete(receiver);
          cancelDeadline();
          signal?.removeEventListener("abort", receiver.end);
          settle();
        };
        const receiver: Receiver = {
          end: () => finish(() => resolve([])),
          attempt() {
            try {
              const messages = attempt();
              if (messages.length > 0) finish(() => resolve(messages));
              return messages.length > 0;
            } catch (error) {
              finish(() => reject(error));
              return false;
            }
          },
        };
        const cancelDeadline = clock.after(waitMs, receiver.end);
        signal?.addEventListener("abort", receiver.end, { once: true });
        receivers.add(receiver);
        serve();
      });
    },
    wake() {
      if (receivers.size > 0) serve();
    },
    endAll() {
      cancelTimer?.();
      cancelTimer = undefined;
      for (const receiver of [...receivers]) receiver.end();
    },
  };
}
