import type { Host } from "@longhaul/core";
import type { MessageQueue, QueueMessage } from "../queues/message-queue.ts";

/** Works on one message; whatever it throws, the message comes back. */
export type ProcessMessage = (message: QueueMessage, options: { readonly signal: AbortSignal }) => Promise<void>;

/** What becomes of a batch. */
export interface BatchParts {
  readonly queue: MessageQueue;
  readonly process: ProcessMessage;
  readonly host: Pick<Host, "timer">;
  readonly visibilitySeconds: number;
  readonly signal: AbortSignal;
  /** Told of each message that could not be processed, and of each call to SQS that failed. */
  readonly onError: (error: unknown, what: "process" | "delete" | "extend", message?: QueueMessage) => void;
}

/** How a batch went. */
export interface BatchReport {
  readonly processed: number;
  /** Not processed: they come back when their visibility timeout is over. */
  readonly failed: number;
  /**
   * Settles when the last of the processed are deleted, so that the next poll need not wait for it; answers how many
   * could not be, which will come again. Never rejects.
   */
  readonly removal: Promise<number>;
}

/**
 * Works on the messages of one poll side by side. What takes long is kept hidden, and what is done is deleted at the
 * latest when the rest is hidden again. An error of one message touches no other, and never the loop.
 */
export async function processBatch(messages: readonly QueueMessage[], parts: BatchParts): Promise<BatchReport> {
  const { queue, process, host, visibilitySeconds, signal, onError } = parts;
  let [processed, failed, undeleted] = [0, 0, 0];
  const pending = new Set(messages);
  let done: QueueMessage[] = [];
  let removing: Promise<unknown> = Promise.resolve();
  let isOver = false;

  async function remove(ready: readonly QueueMessage[]): Promise<void> {
    if (ready.length === 0) return;
    try {
      undeleted += await queue.remove(ready);
    } catch (error) {
      undeleted += ready.length;
      onError(error, "delete");
    }
  }

  /** Deletes what is done; settles when all that was done until now is deleted, by whichever call. */
  function removeDone(): Promise<unknown> {
    const ready = done;
    done = [];
    removing = Promise.all([removing, remove(ready)]);
    return removing;
  }

  async function keepHidden(): Promise<void> {
    // What was started before the signal must end within the reserve; it is not kept from others for longer.
    if (isOver || signal.aborted) return;
    schedule();
    await removeDone();
    const rest = [...pending];
    if (rest.length === 0) return;
    try {
      await queue.hide(rest, visibilitySeconds);
    } catch (error) {
      onError(error, "extend");
    }
  }

  let cancel = () => {};
  function schedule(): void {
    cancel = host.timer((visibilitySeconds * 1_000) / 3, () => void keepHidden());
  }

  async function one(message: QueueMessage): Promise<void> {
    try {
      await process(message, { signal });
      processed++;
      done.push(message);
      // Others of the batch may not end within the reserve, and this hop with them.
      if (signal.aborted) void removeDone();
    } catch (error) {
      failed++;
      onError(error, "process", message);
    } finally {
      pending.delete(message);
    }
  }

  const saveDone = () => void removeDone();
  signal.addEventListener("abort", saveDone, { once: true });
  schedule();
  try {
    await Promise.all(messages.map(one));
  } finally {
    isOver = true;
    cancel();
    signal.removeEventListener("abort", saveDone);
  }
  return { processed, failed, removal: removeDone().then(() => undeleted) };
}
