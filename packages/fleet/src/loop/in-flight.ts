import { LonghaulError } from "@longhaul/core";
import type { Host } from "@longhaul/core/parts";
import { DurationEstimate } from "@longhaul/core/parts";
import type { MessageQueue, QueueMessage } from "../queues/message-queue.ts";

/** Processes one message. If it throws, the message comes back. The signal aborts when the message's time is over. */
export type ProcessMessage = (message: QueueMessage, options: { readonly signal: AbortSignal }) => Promise<void>;

/** The step that failed for a message: its processing, or a call to SQS. */
export type MessageTrouble = "process" | "delete" | "extend";

/** Parts of {@link InFlight}. */
export interface InFlightParts {
  readonly queue: Pick<MessageQueue, "remove" | "hide">;
  readonly process: ProcessMessage;
  readonly host: Pick<Host, "now" | "timer">;
  /** Most messages at once. */
  readonly capacity: number;
  readonly visibilitySeconds: number;
  /** Time limit of one message, in milliseconds. */
  readonly messageTimeoutMs: number;
  /** Called for each message and each call to SQS that failed. */
  readonly onError: (error: unknown, what: MessageTrouble, message?: QueueMessage) => void;
}

/** A message that was not processed within its time limit. */
export class MessageTimeoutError extends LonghaulError {
  constructor(messageId: string, timeoutMs: number) {
    super(
      "MESSAGE_TIMEOUT",
      `Message ${messageId} was not processed within ${timeoutMs / 1_000} s. It comes back to the queue. ` +
        "If messages may take longer, raise messageTimeoutSeconds.",
    );
  }
}

interface Work {
  readonly controller: AbortController;
  /** Resolves when the message is processed, failed or timed out. Never rejects. */
  readonly ended: Promise<void>;
  hiddenAtMs: number;
}

/**
 * The messages that a loop works on at once. Each has its own time limit, so one that hangs or fails holds up no other.
 * Messages that take long are kept hidden. Processed messages are deleted, several at a time.
 */
export class InFlight {
  processed = 0;
  /** Messages that failed. They come back after their visibility timeout. */
  failed = 0;
  /** Processed messages that could not be deleted. They come again. */
  undeleted = 0;
  readonly #parts: InFlightParts;
  readonly #work = new Map<QueueMessage, Work>();
  readonly #durations = new DurationEstimate();
  #done: QueueMessage[] = [];
  #removing: Promise<unknown> = Promise.resolve();
  #abort: { readonly reason: unknown } | undefined;
  readonly #extendEveryMs: number;
  #cancelExtending: () => void;

  constructor(parts: InFlightParts) {
    this.#parts = parts;
    this.#extendEveryMs = (parts.visibilitySeconds * 1_000) / 3;
    this.#cancelExtending = parts.host.timer(this.#extendEveryMs, () => void this.#extend());
  }

  /** Number of messages that may still be taken. */
  get free(): number {
    return this.#parts.capacity - this.#work.size;
  }

  /** Expected time of a message, in milliseconds; `undefined` before the first was processed. */
  get expectedMs(): number | undefined {
    return this.#durations.known ? this.#durations.predictedMs : undefined;
  }

  /** Begins to process messages. Resolves when all of them have ended. */
  async take(messages: readonly QueueMessage[]): Promise<void> {
    await Promise.all(messages.map((message) => this.#begin(message)));
  }

  /** Resolves when one of the messages ends. */
  freed(): Promise<unknown> {
    return Promise.race([...this.#work.values()].map(({ ended }) => ended));
  }

  /** Resolves when all messages have ended. */
  emptied(): Promise<unknown> {
    return Promise.all([...this.#work.values()].map(({ ended }) => ended));
  }

  /** Begins to delete processed messages. Resolves when all processed until now are deleted or given up. */
  removeDone(): Promise<unknown> {
    const ready = this.#done;
    this.#done = [];
    this.#removing = Promise.all([this.#removing, this.#remove(ready)]);
    return this.#removing;
  }

  /** Aborts all messages, because the hop's time is over. From now on each processed message is deleted at once. */
  abort(reason: unknown): void {
    this.#abort ??= { reason };
    for (const { controller } of this.#work.values()) controller.abort(reason);
    void this.removeDone();
  }

  /** Aborts all messages. Resolves when they have ended and the processed ones are deleted. Hides none any longer. */
  async close(reason: unknown): Promise<void> {
    this.#cancelExtending();
    this.abort(reason);
    await this.emptied();
    await this.removeDone();
  }

  #begin(message: QueueMessage): Promise<void> {
    const controller = new AbortController();
    if (this.#abort) controller.abort(this.#abort.reason);
    // Not synchronously: a processor that throws at once would otherwise end before it is in the map.
    const ended = Promise.resolve().then(() => this.#process(message, controller));
    this.#work.set(message, { controller, ended, hiddenAtMs: this.#parts.host.now() });
    return ended;
  }

  async #process(message: QueueMessage, controller: AbortController): Promise<void> {
    const { process, host, messageTimeoutMs, onError } = this.#parts;
    const beganMs = host.now();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const cancel = host.timer(messageTimeoutMs, () => {
      const error = new MessageTimeoutError(message.messageId, messageTimeoutMs);
      controller.abort(error);
      reject(error);
    });
    try {
      await Promise.race([late, process(message, { signal: controller.signal })]);
      this.processed++;
      this.#durations.add(host.now() - beganMs);
      this.#done.push(message);
    } catch (error) {
      this.failed++;
      onError(error, "process", message);
    } finally {
      cancel();
      this.#work.delete(message);
    }
    // The hop may end before the other messages do.
    if (this.#abort) void this.removeDone();
  }

  async #remove(ready: readonly QueueMessage[]): Promise<void> {
    const { queue, visibilitySeconds, onError } = this.#parts;
    if (ready.length === 0) return;
    try {
      this.undeleted += await queue.remove(ready, visibilitySeconds * 1_000);
    } catch (error) {
      this.undeleted += ready.length;
      onError(error, "delete");
    }
  }

  async #extend(): Promise<void> {
    const { queue, host, visibilitySeconds, onError } = this.#parts;
    // The hop is ending: messages that it leaves behind should come back soon.
    if (this.#abort) return;
    this.#cancelExtending = host.timer(this.#extendEveryMs, () => void this.#extend());
    void this.removeDone();
    const nowMs = host.now();
    // Messages of a few seconds can wait for the next extension; most are gone by then.
    const due = [...this.#work].filter(([, { hiddenAtMs }]) => nowMs - hiddenAtMs > this.#extendEveryMs / 2);
    if (due.length === 0) return;
    const messages = due.map(([message]) => message);
    try {
      await queue.hide(messages, visibilitySeconds, this.#extendEveryMs);
      for (const [, work] of due) work.hiddenAtMs = nowMs;
    } catch (error) {
      onError(error, "extend");
    }
  }
}
