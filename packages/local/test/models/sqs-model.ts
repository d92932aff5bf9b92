/** Queues of the model; the bodies of their messages differ: dead letters of `work` go to `dead`. */
export type ModelQueue = "work" | "dead";

/** Settings of the two queues, in seconds; the rest are SQS's defaults. */
export const modelSettings = {
  work: { retentionSeconds: 60, visibilitySeconds: 3, maxReceives: 2 },
  dead: { retentionSeconds: 120, visibilitySeconds: 1, maxReceives: Number.POSITIVE_INFINITY },
} as const;

/** A message of the model. */
interface ModelMessage {
  /** `undefined` of a redriven message, until it is received. */
  id: string | undefined;
  readonly body: string;
  queue: ModelQueue;
  sentMs: number;
  hiddenUntilMs: number;
  receives: number;
  receivedMs: number;
  firstReceivedMs: number | undefined;
  /** The receipt handle of the last receive. */
  handle: string | undefined;
  isDeadLetter: boolean;
}

/** A received message, as SQS answers it. */
export interface ReceivedMessage {
  readonly MessageId: string;
  readonly Body: string;
  readonly ReceiptHandle: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** The code of the error that SQS answers; `undefined` if it does what it is asked for. */
export type SqsRefusal =
  | "InvalidParameterValue"
  | "MessageNotInflight"
  | "PurgeQueueInProgress"
  | "ReceiptHandleIsInvalid"
  | undefined;

/**
 * Two standard queues as the SQS Developer Guide describes them: a list of messages, each with the time until which it is
 * hidden. The order of messages is open, as it is in SQS.
 */
export class SqsModel {
  nowMs = 0;
  delaySeconds = 0;
  #messages: ModelMessage[] = [];
  readonly #ids = new Set<string>();
  readonly #purgedMs = new Map<ModelQueue, number>();
  /** All receipt handles so far, and where they are from. */
  readonly receipts: { readonly handle: string; readonly queue: ModelQueue }[] = [];

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
  send(queue: ModelQueue, id: string | undefined, body: string, delaySeconds?: number): void {
    const delay = delaySeconds ?? (queue === "work" ? this.delaySeconds : 0);
    if (id !== undefined) this.#ids.add(id);
    this.#messages.push({
      id,
      body,
      queue,
      sentMs: this.nowMs,
      hiddenUntilMs: this.nowMs + delay * 1000,
      receives: 0,
      receivedMs: 0,
      firstReceivedMs: undefined,
      handle: undefined,
      isDeadLetter: false,
    });
  }

  /** Whether a receive moves messages to the dead-letter queue. One that is not for all could leave some of them. */
  hasDeadLetters(queue: ModelQueue): boolean {
    return this.#visible(queue).some(({ receives }) => receives >= modelSettings[queue].maxReceives);
  }

  /** Whether there are visible messages that no other queue has sent here: a redrive leaves them where they are. */
  hasStrangers(queue: ModelQueue): boolean {
    return this.#visible(queue).some(({ isDeadLetter }) => !isDeadLetter);
  }

  /**
   * Takes over what was received; returns what is wrong with it.
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
   */
  receive(queue: ModelQueue, most: number, visibilitySeconds: number, answer: readonly ReceivedMessage[]): string[] {
    const { maxReceives } = modelSettings[queue];
    const due = this.#visible(queue);
    for (const letter of due.filter(({ receives }) => receives >= maxReceives)) {
      letter.queue = "dead";
      letter.handle = undefined;
      letter.isDeadLetter = true;
    }
    const eligible = due.filter((message) => message.queue === queue);
    const problems: string[] = [];
    if (answer.length !== Math.min(most, eligible.length)) {
      problems.push(`received ${answer.length} of ${eligible.length}, at most ${most}`);
    }
    for (const received of answer) {
      const at = eligible.findIndex(({ body }) => body === received.Body);
      const [message] = at === -1 ? [] : eligible.splice(at, 1);
      if (message) problems.push(...this.#take(message, received, visibilitySeconds));
      else problems.push(`${received.Body} is not visible, or came twice`);
    }
    return problems;
  }

  /** "If you use an old ReceiptHandle, the request will succeed, but the message might not be deleted": here it never is. */
  delete(queue: ModelQueue, receipt: { readonly handle: string; readonly queue: ModelQueue }): SqsRefusal {
    if (receipt.queue !== queue) return "ReceiptHandleIsInvalid";
    const held = this.#holding(queue, receipt.handle);
    this.#messages = this.#messages.filter((message) => message !== held);
    return undefined;
  }

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html */
  changeVisibility(
    queue: ModelQueue,
    receipt: { readonly handle: string; readonly queue: ModelQueue },
    seconds: number,
  ): SqsRefusal {
    if (receipt.queue !== queue) return "ReceiptHandleIsInvalid";
    const held = this.#holding(queue, receipt.handle);
    if (!held) return "InvalidParameterValue";
    if (held.hiddenUntilMs <= this.nowMs) return "MessageNotInflight";
    const untilMs = this.nowMs + seconds * 1000;
    if (untilMs - held.receivedMs > 12 * 3_600_000) return "InvalidParameterValue";
    held.hiddenUntilMs = untilMs;
    return undefined;
  }

  /** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
  purge(queue: ModelQueue): SqsRefusal {
    const purgedMs = this.#purgedMs.get(queue);
    if (purgedMs !== undefined && this.nowMs - purgedMs < 60_000) return "PurgeQueueInProgress";
    this.#purgedMs.set(queue, this.nowMs);
    this.#messages = this.#messages.filter((message) => message.queue !== queue);
    return undefined;
  }

  /**
   * "All redriven messages are considered new messages with a new messageID and enqueueTime."
   *
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  redrive(destination: ModelQueue): void {
    for (const { body } of this.#visible("dead")) {
      this.#messages = this.#messages.filter((message) => message.body !== body);
      this.send(destination, undefined, body, 0);
    }
  }

  /** Messages in sight, on their way, and held, as `GetQueueAttributes` tells them. */
  counts(queue: ModelQueue): { visible: number; inFlight: number; delayed: number } {
    const all = this.#alive(queue);
    const hidden = all.filter(({ hiddenUntilMs }) => hiddenUntilMs > this.nowMs);
    const inFlight = hidden.filter(({ receives }) => receives > 0).length;
    return { visible: all.length - hidden.length, inFlight, delayed: hidden.length - inFlight };
  }

  get size(): number {
    return this.#alive("work").length + this.#alive("dead").length;
  }

  #take(message: ModelMessage, received: ReceivedMessage, visibilitySeconds: number): string[] {
    message.receives += 1;
    message.receivedMs = this.nowMs;
    message.firstReceivedMs ??= this.nowMs;
    message.hiddenUntilMs = this.nowMs + visibilitySeconds * 1000;
    message.handle = received.ReceiptHandle;
    const problems: string[] = [];
    if (this.receipts.some(({ handle }) => handle === received.ReceiptHandle)) problems.push("a handle came twice");
    this.receipts.push({ handle: received.ReceiptHandle, queue: message.queue });
    const isKnown = this.#ids.has(received.MessageId);
    if (message.id === undefined ? isKnown : message.id !== received.MessageId) {
      problems.push(`${message.body} has the id ${received.MessageId}, not ${message.id ?? "a new one"}`);
    }
    message.id = received.MessageId;
    this.#ids.add(message.id);
    // "The number of times a message has been received across all queues": API_ReceiveMessage.
    const { ApproximateReceiveCount: receives, SentTimestamp: sentMs } = received.Attributes;
    if (receives !== String(message.receives)) problems.push(`${receives} receives, not ${message.receives}`);
    if (sentMs !== String(message.sentMs)) problems.push(`sent at ${sentMs}, not ${message.sentMs}`);
    const firstMs = received.Attributes.ApproximateFirstReceiveTimestamp;
    if (message.queue === "work" && firstMs !== String(message.firstReceivedMs)) {
      problems.push(`first received at ${firstMs}, not ${message.firstReceivedMs}`);
    }
    return problems;
  }

  #alive(queue: ModelQueue): ModelMessage[] {
    const isAlive = (message: ModelMessage) =>
      this.nowMs - message.sentMs < modelSettings[message.queue].retentionSeconds * 1000;
    this.#messages = this.#messages.filter(isAlive);
    return this.#messages.filter((message) => message.queue === queue);
  }

  #visible(queue: ModelQueue): ModelMessage[] {
    return this.#alive(queue).filter(({ hiddenUntilMs }) => hiddenUntilMs <= this.nowMs);
  }

  #holding(queue: ModelQueue, handle: string): ModelMessage | undefined {
    return this.#alive(queue).find((message) => message.handle === handle);
  }
}
