import type { Host } from "../src/host.ts";
import type { QueueMessage } from "../src/queued/upload-run.ts";
import type { HandOffDriver } from "../src/recursion/driver.ts";
import { memoryRunStore } from "../src/state/memory-run-store.ts";
import type { RunRecord, RunStore } from "../src/state/run-store.ts";
import { sweep } from "../src/state/sweep.ts";
import { type DyingInvocation, invocationOf } from "./dying-invocation.ts";

/** Trouble of an invocation, a moment before or after something that it does to the world. */
export type Trouble = "dies" | "fails" | undefined;

/** Decides on the trouble of a moment: the so-manieth of its invocation, and of all. */
export type TroubleAt = (moment: {
  readonly invocation: number;
  readonly effect: number;
  readonly total: number;
}) => Trouble;

/** How a world is unlike a calm one. */
export interface WorldFaults {
  readonly troubleAt?: TroubleAt;
  /** Whether a batch or an event is delivered to two invocations at a time, whose doings then mingle. */
  readonly isTwice?: () => boolean;
}

/** A message of the world's queue. */
interface Queued {
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
  receives: number;
  receivedAtMs: number;
  visibleAtMs: number;
}

/** An event in Lambda's own queue. */
interface Waiting {
  readonly payload: string;
  readonly dueMs: number;
  readonly attempt: number;
}

/** The end state, when nothing is under way any more. */
export interface WorldEnd {
  readonly deadLetters: readonly { readonly body: string; readonly code: string | undefined }[];
  /** Messages that SQS dropped for their age: what must never be. */
  readonly dropped: readonly string[];
  readonly runs: readonly RunRecord[];
  /** Numbers of the records written, by run. */
  readonly written: ReadonlyMap<string, ReadonlySet<number>>;
  /** Effects of all invocations. */
  readonly effects: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;
const MAX_RECEIVES = 40;
export const TIMEOUT_MS = 10_000;

/** SQS, Lambda and the sweeper on a clock of their own, one invocation after the other unless one is delivered twice. */
export class MessageWorld {
  nowMs = Date.UTC(2026, 0, 1);
  readonly #beganMs = this.nowMs;
  readonly #queue = new Map<string, Queued>();
  readonly #events: Waiting[] = [];
  readonly #deadLetters: { readonly body: string; readonly code: string | undefined }[] = [];
  readonly #dropped: string[] = [];
  readonly #written = new Map<string, Set<number>>();
  readonly #troubleAt: TroubleAt;
  readonly #isTwice: () => boolean;
  readonly store: RunStore = memoryRunStore();
  readonly continueBy: "sqs" | "lambda";
  #ids = 0;
  #invocations = 0;
  #effects = 0;
  #nextSweepMs = this.nowMs;

  constructor(continueBy: "sqs" | "lambda", { troubleAt = () => undefined, isTwice = () => false }: WorldFaults = {}) {
    this.continueBy = continueBy;
    this.#troubleAt = troubleAt;
    this.#isTwice = isTwice;
  }

  readonly host: Host = {
    now: () => this.nowMs,
    // Short waits are over at once, such as those before another try; the watchdog's never.
    timer(delayMs, fire) {
      if (delayMs > 2_000) return () => {};
      const waiting = setImmediate(fire);
      return () => clearImmediate(waiting);
    },
    id: () => `id ${this.#ids++}`,
    random: () => 0.5,
    env: (name) => (name === "LONGHAUL_RECURSIVE_LOOP" ? "Allow" : undefined),
  };

  send(body: string): void {
    const { nowMs } = this;
    const id = `m${this.#ids++}`;
    this.#queue.set(id, { id, body, sentAtMs: nowMs, receives: 0, receivedAtMs: 0, visibleAtMs: nowMs });
  }

  invokeLater(payload: string): void {
    this.#events.push({ payload, dueMs: this.nowMs, attempt: 1 });
  }

  hide({ messageId, receiptHandle }: QueueMessage, seconds: number): void {
    const message = this.#queue.get(messageId);
    if (message === undefined || receiptHandle !== receiptOf(message)) throw new Error("The receipt is void.");
    if (message.visibleAtMs <= this.nowMs) throw new Error("The message is not in flight.");
    const visibleAtMs = this.nowMs + seconds * 1_000;
    if (visibleAtMs > message.receivedAtMs + DAY_MS / 2) throw new Error("Hidden beyond 12 hours.");
    message.visibleAtMs = visibleAtMs;
  }

  remove({ messageId, receiptHandle }: Pick<QueueMessage, "messageId" | "receiptHandle">): void {
    const message = this.#queue.get(messageId);
    if (message !== undefined && receiptHandle === receiptOf(message)) this.#queue.delete(messageId);
  }

  deadLetter(body: string, code: string | undefined): void {
    this.#deadLetters.push({ body, code });
  }

  write(run: string, record: number): void {
    this.#written.set(run, (this.#written.get(run) ?? new Set()).add(record));
  }

  /** Lets invocations that run at a time go on in any order. */
  async turn(): Promise<void> {
    while (this.#isTwice()) await new Promise((resolve) => setImmediate(resolve));
  }

  /** The trouble of the invocation now; it is asked before and after all that is done to the world. */
  trouble(invocation: number, effect: number): Trouble {
    return this.#troubleAt({ invocation, effect, total: this.#effects++ });
  }

  /** Lets time pass until nothing is left to do. */
  async end(): Promise<WorldEnd> {
    for (let turns = 0; await this.#isBusy(); turns++) {
      if (turns > 20_000) throw new Error("It never ends.");
      if (!((await this.#invokeEvent()) || (await this.#receive()))) await this.#wait();
    }
    const runs: RunRecord[] = [];
    for await (const record of this.store.list()) runs.push(record);
    const [deadLetters, dropped, written, effects] = [this.#deadLetters, this.#dropped, this.#written, this.#effects];
    return { deadLetters, dropped, runs, written, effects, days: this.#days };
  }

  /** The sweeper starts runs for ever whose hops die before they can say anything: only their messages are waited for. */
  async #isBusy(): Promise<boolean> {
    if (this.#queue.size > 0) return true;
    if (this.#days > 2) return false;
    if (this.#events.length > 0) return true;
    for await (const { phase } of this.store.list()) if (phase === "running" || phase === "handed-off") return true;
    return false;
  }

  /** Invokes with an event of Lambda's own queue, and once more after one and two minutes if that fails. */
  async #invokeEvent(): Promise<boolean> {
    const at = this.#events.findIndex(({ dueMs }) => dueMs <= this.nowMs);
    const [event] = at < 0 ? [] : this.#events.splice(at, 1);
    if (event === undefined) return false;
    const deliveries = this.#isTwice() ? [event, event] : [event];
    await Promise.all(
      deliveries.map(async ({ payload, attempt }) => {
        const answer = await this.#invocation().event(payload);
        if (answer === "over" || attempt === 3) return;
        this.#events.push({ payload, dueMs: this.nowMs + attempt * 60_000, attempt: attempt + 1 });
      }),
    );
    return true;
  }

  async #receive(): Promise<boolean> {
    const batch: QueueMessage[] = [];
    for (const message of this.#queue.values()) {
      if (message.visibleAtMs > this.nowMs || batch.length === 10) continue;
      if (message.sentAtMs + 14 * DAY_MS <= this.nowMs || message.receives >= MAX_RECEIVES) {
        this.#queue.delete(message.id);
        if (message.receives >= MAX_RECEIVES) this.deadLetter(message.body, undefined);
        else this.#dropped.push(message.body);
        continue;
      }
      batch.push(this.#receipt(message));
    }
    if (batch.length === 0) return false;
    const again = this.#isTwice()
      ? batch.flatMap(({ messageId }) => this.#receipt(this.#queue.get(messageId) as Queued))
      : [];
    await Promise.all([this.#handOver(batch), ...(again.length > 0 ? [this.#handOver(again)] : [])]);
    return true;
  }

  #receipt(message: Queued): QueueMessage {
    message.receives++;
    message.receivedAtMs = this.nowMs;
    message.visibleAtMs = this.nowMs + 6 * TIMEOUT_MS;
    const attributes = { ApproximateReceiveCount: `${message.receives}`, SentTimestamp: `${message.sentAtMs}` };
    return { messageId: message.id, receiptHandle: receiptOf(message), body: message.body, attributes };
  }

  async #handOver(batch: readonly QueueMessage[]): Promise<void> {
    const kept = await this.#invocation().messages(batch);
    for (const message of batch) if (kept !== "failed" && !kept.has(message.messageId)) this.remove(message);
  }

  async #wait(): Promise<void> {
    const dueMs = [...this.#queue.values()].map(({ visibleAtMs }) => visibleAtMs);
    dueMs.push(...this.#events.map((event) => event.dueMs), this.#nextSweepMs);
    this.nowMs = Math.max(this.nowMs, Math.min(...dueMs));
    if (this.nowMs < this.#nextSweepMs) return;
    // Days of a run that cannot go on are long: after the first hour, each hour will do.
    this.#nextSweepMs = this.nowMs + (this.#days < 1 / 24 ? 60_000 : 3_600_000);
    const driver: HandOffDriver = {
      name: "lambda",
      maxBytes: 1e6,
      send: async ({ payload }) => this.invokeLater(payload),
    };
    await sweep({ store: this.store, driver, host: this.host });
  }

  get #days(): number {
    return (this.nowMs - this.#beganMs) / DAY_MS;
  }

  #invocation(): DyingInvocation {
    return invocationOf(this, this.#invocations++);
  }
}

function receiptOf({ id, receives }: Queued): string {
  return `${id}, receipt ${receives}`;
}
