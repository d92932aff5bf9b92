import { call } from "@longhaul/core/parts";
import { type MessageQueue, type QueueMessage, QueueMissingError } from "../../src/queues/message-queue.ts";
import type { Process, World } from "./world.ts";

interface Stored {
  readonly id: string;
  receives: number;
  visibleAtMs: number;
}

/** SQS: at least once, hidden for a while, to the dead letters after so many receipts. */
export class SimulatedQueue {
  readonly #world: World;
  readonly #maxReceiveCount: number;
  readonly #stored = new Map<string, Stored>();
  #ready: Stored[] = [];
  readonly #waiting = new Set<() => void>();
  readonly deadLetters = new Set<string>();
  /** Whether somebody has deleted it. */
  isMissing = false;

  constructor(world: World, maxReceiveCount: number) {
    this.#world = world;
    this.#maxReceiveCount = maxReceiveCount;
  }

  /** Messages that are not deleted. */
  get size(): number {
    return this.#stored.size;
  }

  /** Messages that a poll would get. */
  get visible(): number {
    return this.#ready.length;
  }

  add(id: string): void {
    const message = { id, receives: 0, visibleAtMs: 0 };
    this.#stored.set(id, message);
    this.#show(message);
  }

  /** The queue as a process sees it. */
  of(process: Process): MessageQueue {
    const world = this.#world;
    return {
      receive: ({ maxMessages, waitSeconds, visibilitySeconds, signal }) =>
        call(
          (abortSignal) =>
            world.call(
              process,
              () => {
                if (this.isMissing) throw new QueueMissingError("queue", undefined);
                return this.#poll(maxMessages, waitSeconds * 1_000, visibilitySeconds * 1_000);
              },
              { fails: "queueFails", signal: abortSignal },
            ),
          {
            name: "receive",
            kind: "long-poll",
            waitMs: waitSeconds * 1_000,
            attempts: 1,
            host: world.hostOf(process),
            signal,
          },
        ),
      remove: (messages, budgetMs) =>
        world.tried(
          process,
          () => {
            for (const { messageId } of messages) this.#stored.delete(messageId);
            return 0;
          },
          { fails: "queueFails" },
          { budgetMs },
        ),
      hide: (messages, seconds, budgetMs) =>
        world.tried(
          process,
          () => {
            for (const { messageId } of messages) {
              const stored = this.#stored.get(messageId);
              if (stored) this.#hide(stored, seconds * 1_000);
            }
          },
          { fails: "queueFails" },
          { budgetMs },
        ),
    };
  }

  async #poll(maxMessages: number, waitMs: number, visibilityMs: number): Promise<QueueMessage[]> {
    if (this.#ready.length === 0) {
      await new Promise<void>((resolve) => {
        const end = () => {
          timer.isCancelled = true;
          this.#waiting.delete(end);
          resolve();
        };
        const timer = this.#world.time.after(waitMs, end);
        this.#waiting.add(end);
      });
    }
    const taken: QueueMessage[] = [];
    while (taken.length < maxMessages) {
      const stored = this.#ready.pop();
      if (!stored) break;
      if (!this.#stored.has(stored.id)) continue;
      if (stored.receives >= this.#maxReceiveCount) {
        this.#stored.delete(stored.id);
        this.deadLetters.add(stored.id);
        continue;
      }
      stored.receives++;
      this.#hide(stored, this.#world.strikes("messageDoubled") ? 50 : visibilityMs);
      const { id, receives } = stored;
      taken.push({
        messageId: id,
        body: id,
        attributes: {},
        receiveCount: receives,
        receiptHandle: `${id}/${receives}`,
      });
    }
    return taken;
  }

  #hide(stored: Stored, ms: number): void {
    const { time } = this.#world;
    stored.visibleAtMs = time.nowMs + ms;
    const untilMs = stored.visibleAtMs;
    time.after(ms, () => {
      if (stored.visibleAtMs === untilMs && this.#stored.has(stored.id)) this.#show(stored);
    });
  }

  #show(stored: Stored): void {
    this.#ready.push(stored);
    const [waiting] = this.#waiting;
    waiting?.();
  }
}
