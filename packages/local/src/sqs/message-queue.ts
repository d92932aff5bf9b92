import { createDueHeap, type DueHeap } from "./due-heap.ts";
import { newMessage, type OutgoingMessage, type QueuedMessage, renewedMessage } from "./message.ts";
import type { QueueSettings } from "./queue-attributes.ts";
import { createReadyLine, type ReadyLine } from "./ready-line.ts";
import type { Receipt } from "./receipt-handle.ts";
import { sqsErrors } from "./sqs-error.ts";

/** Longest time a message stays invisible, counted from its receive. */
export const maxVisibilitySeconds = 43_200;

/** Most messages in flight in one standard queue. */
const maxInFlight = 120_000;

/** The three figures SQS reports of a queue. Here they are exact. */
export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** The traffic of a queue since it was made, in messages; `emptyReceives` in calls. */
export interface QueueTraffic {
  sent: number;
  received: number;
  deleted: number;
  emptyReceives: number;
}

/** How one receive is made. */
export interface ReceiveRequest {
  readonly maxMessages: number;
  readonly visibilityTimeoutSeconds: number;
  /** Takes messages that were received too often; without it they are delivered again and again. */
  readonly deadLetter?: (message: QueuedMessage) => void;
}

/**
 * One standard queue, in memory and in the order of sending as far as redeliveries allow. It knows no clock: every
 * method is told the time, so that tests run years in no time and 100,000 messages cost no timers.
 */
export class MessageQueue {
  #settings: QueueSettings;
  readonly #messages = new Map<string, QueuedMessage>();
  readonly #ready: ReadyLine<QueuedMessage>;
  readonly #hidden: DueHeap<QueuedMessage>;
  readonly #counts = { ready: 0, delayed: 0, "in-flight": 0, gone: 0 };
  readonly #awaitEmptied: (() => void)[] = [];
  /** For metrics; only the queue and those who receive from it count. */
  readonly traffic: QueueTraffic = { sent: 0, received: 0, deleted: 0, emptyReceives: 0 };
  /** No message can have outlived the retention period before this. */
  #retentionLookMs = Number.POSITIVE_INFINITY;

  constructor(settings: QueueSettings) {
    this.#settings = settings;
    this.#ready = createReadyLine((message) => message.place === "ready");
    this.#hidden = createDueHeap(
      (message, dueMs) =>
        (message.place === "delayed" || message.place === "in-flight") && message.visibleAtMs === dueMs,
    );
  }

  get settings(): QueueSettings {
    return this.#settings;
  }

  /** Changes settings; they hold for what is done from now on, and a shorter retention for what is there already. */
  configure(settings: QueueSettings): void {
    this.#settings = settings;
    this.#retentionLookMs = Number.NEGATIVE_INFINITY;
  }

  /** Puts a new message in; it is visible after its delay. */
  send(nowMs: number, id: string, outgoing: OutgoingMessage): QueuedMessage {
    const message = newMessage(id, outgoing, nowMs);
    this.#add(nowMs, message, outgoing.delaySeconds ?? this.#settings.delaySeconds);
    this.traffic.sent += 1;
    return message;
  }

  /** Takes in a dead letter of another queue. It keeps its id and, as SQS does, the time it was first sent. */
  adopt(nowMs: number, message: QueuedMessage, deadLetterSourceArn: string): void {
    this.#add(nowMs, { ...message, deadLetterSourceArn, enteredAtMs: nowMs }, 0);
  }

  /**
   * Takes in a redriven message, which is a new one: its id, its age and its receives begin anew.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  redrive(nowMs: number, id: string, message: QueuedMessage): void {
    this.#add(nowMs, renewedMessage(id, message, nowMs), 0);
  }

  /** @throws {SqsError} `OverLimit` at 120,000 messages in flight. */
  receive(nowMs: number, request: ReceiveRequest): QueuedMessage[] {
    this.#settle(nowMs);
    if (this.#counts["in-flight"] >= maxInFlight) throw sqsErrors.overLimit();
    const received: QueuedMessage[] = [];
    const deadLetters: QueuedMessage[] = [];
    const { redrivePolicy } = this.#settings;
    while (received.length < request.maxMessages) {
      const message = this.#ready.take();
      if (!message) break;
      if (redrivePolicy && request.deadLetter && message.receiveCount >= redrivePolicy.maxReceiveCount) {
        this.#remove(message);
        deadLetters.push(message);
        continue;
      }
      message.receiveCount += 1;
      message.firstReceivedAtMs ??= nowMs;
      message.receivedAtMs = nowMs;
      this.#hide(message, "in-flight", nowMs + request.visibilityTimeoutSeconds * 1000);
      received.push(message);
    }
    // Afterwards, for the queue may be its own dead-letter queue.
    for (const message of deadLetters) request.deadLetter?.(message);
    this.traffic.received += received.length;
    return received;
  }

  /**
   * Removes a message and returns it. Receipts that a later receive has replaced, and messages already gone, are no
   * error.
   */
  delete(nowMs: number, receipt: Receipt): QueuedMessage | undefined {
    this.#settle(nowMs);
    const message = this.#messages.get(receipt.messageId);
    if (message?.receiveCount !== receipt.receiveCount) return undefined;
    this.#remove(message);
    this.traffic.deleted += 1;
    return message;
  }

  /**
   * Makes a message visible `seconds` from now; 0 gives it back at once.
   *
   * @throws {SqsError} if the message is gone, is not in flight, or would stay invisible beyond 12 hours.
   */
  changeVisibility(nowMs: number, receipt: Receipt, seconds: number, handle: string): void {
    this.#settle(nowMs);
    const message = this.#messages.get(receipt.messageId);
    const refuse = (reason: string) =>
      sqsErrors.invalidParameterValue(`Value ${handle} for parameter ReceiptHandle is invalid. Reason: ${reason}`);
    if (message?.receiveCount !== receipt.receiveCount) {
      throw refuse("Message does not exist or is not available for visibility timeout change.");
    }
    if (message.place !== "in-flight") throw sqsErrors.messageNotInflight();
    const visibleAtMs = nowMs + seconds * 1000;
    if (visibleAtMs > message.receivedAtMs + maxVisibilitySeconds * 1000) {
      throw sqsErrors.invalidParameterValue(
        `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`,
      );
    }
    if (seconds === 0) this.#show(message);
    else this.#hide(message, "in-flight", visibleAtMs);
  }

  counts(nowMs: number): MessageCounts {
    this.#settle(nowMs);
    return { visible: this.#counts.ready, inFlight: this.#counts["in-flight"], delayed: this.#counts.delayed };
  }

  /** When the message that is here longest came; those received `poisonReceives` times and more do not count. */
  oldestEnteredAtMs(nowMs: number, poisonReceives: number): number | undefined {
    this.#settle(nowMs);
    for (const message of this.#messages.values()) {
      if (message.receiveCount < poisonReceives) return message.enteredAtMs;
    }
    return undefined;
  }

  /** When a hidden message will become visible next. */
  nextVisibleAtMs(): number | undefined {
    return this.#hidden.nextDueMs();
  }

  /** Whether no message is left, visible or not. */
  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  /** Settles when no message is left, visible or not; at once if there is none. */
  emptied(): Promise<void> {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => this.#awaitEmptied.push(resolve));
  }

  /** Removes everything, in flight or not. */
  purge(): void {
    for (const message of [...this.#messages.values()]) this.#remove(message);
  }

  #add(nowMs: number, message: QueuedMessage, delaySeconds: number): void {
    message.place = "gone";
    this.#counts.gone += 1;
    this.#messages.set(message.id, message);
    const expiresAtMs = message.sentAtMs + this.#settings.retentionSeconds * 1000;
    this.#retentionLookMs = Math.min(this.#retentionLookMs, expiresAtMs);
    if (delaySeconds > 0) this.#hide(message, "delayed", nowMs + delaySeconds * 1000);
    else this.#show(message);
  }

  #settle(nowMs: number): void {
    for (let due = this.#hidden.popDue(nowMs); due; due = this.#hidden.popDue(nowMs)) this.#show(due);
    if (nowMs >= this.#retentionLookMs) this.#dropExpired(nowMs);
  }

  #dropExpired(nowMs: number): void {
    const retentionMs = this.#settings.retentionSeconds * 1000;
    let nextLookMs = Number.POSITIVE_INFINITY;
    for (const message of [...this.#messages.values()]) {
      const expiresAtMs = message.sentAtMs + retentionMs;
      if (expiresAtMs <= nowMs) this.#remove(message);
      else nextLookMs = Math.min(nextLookMs, expiresAtMs);
    }
    this.#retentionLookMs = nextLookMs;
  }

  #show(message: QueuedMessage): void {
    this.#place(message, "ready");
    this.#ready.push(message);
  }

  #hide(message: QueuedMessage, place: "delayed" | "in-flight", untilMs: number): void {
    message.visibleAtMs = untilMs;
    this.#place(message, place);
    this.#hidden.push(untilMs, message);
  }

  #remove(message: QueuedMessage): void {
    this.#place(message, "gone");
    this.#counts.gone -= 1;
    this.#messages.delete(message.id);
    if (!this.isEmpty) return;
    for (const resolve of this.#awaitEmptied.splice(0)) resolve();
  }

  #place(message: QueuedMessage, place: QueuedMessage["place"]): void {
    this.#counts[message.place] -= 1;
    message.place = place;
    this.#counts[place] += 1;
  }
}
