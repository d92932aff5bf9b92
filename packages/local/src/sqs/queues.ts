import type { Clock } from "../gateway/clock.ts";
import type { OutgoingMessage, QueuedMessage } from "./message.ts";
import { messageBytes } from "./message.ts";
import { checkBodyCharacters } from "./message-body.ts";
import { MessageQueue } from "./message-queue.ts";
import { checkEncryption, checkedAttributes, checkRedriveAllowed, settingsOf } from "./queue-attributes.ts";
import type { Receipt } from "./receipt-handle.ts";
import { createReceiverLine, type ReceiverLine } from "./receiver-line.ts";
import { SqsError, sqsErrors } from "./sqs-error.ts";

/** A queue with its name, attributes and those who wait for its messages. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  modifiedAtMs: number;
  /** When it was purged last. */
  purgedAtMs: number | undefined;
  /** As set, in canonical text; defaults are not in it. */
  attributes: Record<string, string>;
  readonly tags: Map<string, string>;
  readonly messages: MessageQueue;
  readonly receivers: ReceiverLine;
}

/** Options of {@link Queues}. */
export interface QueuesOptions {
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  readonly newId: () => string;
}

/** How a receive on a named queue is made. */
export interface QueueReceive {
  readonly maxMessages: number;
  /** Default: the queue's own. */
  readonly visibilityTimeoutSeconds?: number;
  /** How long to wait for a first message. Default 0. */
  readonly waitMs?: number;
  /** Ends the waiting early. */
  readonly signal?: AbortSignal;
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_PurgeQueue.html */
const purgeEveryMs = 60_000;

/** All queues of one account, and what they do to each other: dead-lettering, and waking those who wait. */
export class Queues {
  readonly #options: QueuesOptions;
  readonly #byName = new Map<string, Queue>();

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  /** Creates a queue, or returns the one of that name if its attributes agree. */
  create(
    name: string,
    attributes: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>> = {},
  ): Queue {
    if (name.endsWith(".fifo"))
      throw sqsErrors.unsupported(`FIFO queues are not served by the embedded SQS (${name}).`);
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
      throw sqsErrors.invalidParameterValue(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.",
      );
    }
    const checked = checkedAttributes(attributes);
    const known = this.#byName.get(name);
    if (known) {
      const settings = (more: object) => JSON.stringify(settingsOf({ ...known.attributes, ...more }));
      const other = Object.entries(checked).find(
        ([attribute, value]) => settings({ [attribute]: value }) !== settings({}),
      );
      if (other) throw sqsErrors.queueNameExists(other[0]);
      return known;
    }
    checkEncryption(checked);
    this.#checkRedrive(this.arnOf(name), checked);
    const nowMs = this.#options.clock.nowMs();
    const messages = new MessageQueue(settingsOf(checked));
    const queue: Queue = {
      name,
      arn: this.arnOf(name),
      createdAtMs: nowMs,
      modifiedAtMs: nowMs,
      purgedAtMs: undefined,
      attributes: checked,
      tags: new Map(Object.entries(tags)),
      messages,
      receivers: createReceiverLine(messages, this.#options.clock),
    };
    this.#byName.set(name, queue);
    return queue;
  }

  /** @throws {SqsError} `QueueDoesNotExist`. */
  get(name: string): Queue {
    const queue = this.#byName.get(name);
    if (!queue) throw sqsErrors.queueDoesNotExist();
    return queue;
  }

  find(arn: string): Queue | undefined {
    const name = arn.slice(arn.lastIndexOf(":") + 1);
    const queue = this.#byName.get(name);
    return queue?.arn === arn ? queue : undefined;
  }

  list(): readonly Queue[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  arnOf(name: string): string {
    return `arn:aws:sqs:${this.#options.region}:${this.#options.accountId}:${name}`;
  }

  setAttributes(queue: Queue, attributes: Readonly<Record<string, string>>): void {
    const checked = checkedAttributes(attributes);
    const changed = { ...queue.attributes, ...checked };
    checkEncryption(changed);
    this.#checkRedrive(queue.arn, checked);
    queue.attributes = changed;
    queue.modifiedAtMs = this.#options.clock.nowMs();
    queue.messages.configure(settingsOf(queue.attributes));
  }

  /** Removes all messages. @throws {SqsError} `PurgeQueueInProgress` within a minute of the last purge. */
  purge(queue: Queue): void {
    const nowMs = this.#options.clock.nowMs();
    if (queue.purgedAtMs !== undefined && nowMs < queue.purgedAtMs + purgeEveryMs) {
      throw sqsErrors.purgeInProgress(queue.name);
    }
    queue.purgedAtMs = nowMs;
    queue.messages.purge();
  }

  delete(name: string): void {
    const queue = this.get(name);
    this.#byName.delete(name);
    queue.receivers.endAll();
  }

  /** Queues whose dead letters go to this one. */
  sourcesOf(deadLetterArn: string): readonly Queue[] {
    return this.list().filter((queue) => queue.messages.settings.redrivePolicy?.deadLetterTargetArn === deadLetterArn);
  }

  /**
   * Puts a message in.
   *
   * @param part - what the message is in its request; SQS words its refusal by that.
   * @throws {SqsError} if the message is empty, too large, or has characters SQS does not carry.
   */
  send(queue: Queue, outgoing: OutgoingMessage, part: "request" | "entry" = "request"): QueuedMessage {
    if (outgoing.body === "") throw sqsErrors.missingParameter("MessageBody");
    const { maxMessageBytes } = queue.messages.settings;
    if (messageBytes(outgoing) > maxMessageBytes) {
      throw new SqsError(
        "InvalidParameterValue",
        `One or more parameters ${part === "entry" ? "cannot be validated" : "are invalid"}. Reason: Message must be shorter than ${maxMessageBytes} bytes.`,
      );
    }
    checkBodyCharacters(outgoing.body);
    const message = queue.messages.send(this.#options.clock.nowMs(), this.#options.newId(), outgoing);
    queue.receivers.wake();
    return message;
  }

  /** Receives up to `maxMessages`; waits for the first if asked to, and then takes what is there. */
  async receive(queue: Queue, { waitMs = 0, signal, ...request }: QueueReceive): Promise<readonly QueuedMessage[]> {
    const { clock } = this.#options;
    // What holds is how the queue is set when a message comes, and not when the wait for it began.
    const attempt = () => {
      const deadLetterQueue = this.#deadLetterQueueOf(queue);
      return queue.messages.receive(clock.nowMs(), {
        maxMessages: request.maxMessages,
        visibilityTimeoutSeconds: request.visibilityTimeoutSeconds ?? queue.messages.settings.visibilityTimeoutSeconds,
        ...(deadLetterQueue && { deadLetter: (message) => this.#adopt(message, deadLetterQueue, queue.arn) }),
      });
    };
    const messages = await queue.receivers.receive(attempt, waitMs, signal);
    if (messages.length === 0) queue.messages.traffic.emptyReceives += 1;
    return messages;
  }

  /** Removes a received message permanently: to the dead-letter queue if there is one, as if received too often. */
  discard(queue: Queue, receipt: Receipt): void {
    const message = queue.messages.delete(this.#options.clock.nowMs(), receipt);
    const deadLetterQueue = this.#deadLetterQueueOf(queue);
    if (message && deadLetterQueue) this.#adopt(message, deadLetterQueue, queue.arn);
  }

  /** Moves the messages of a dead-letter queue that are visible now to `destination`, or back to where each came from. */
  moveAll(from: Queue, destination: Queue | undefined): number {
    const { clock, newId } = this.#options;
    let moved = 0;
    for (let left = from.messages.counts(clock.nowMs()).visible; left > 0; left -= 1) {
      const nowMs = clock.nowMs();
      const [message] = from.messages.receive(nowMs, { maxMessages: 1, visibilityTimeoutSeconds: 1 });
      if (!message) return moved;
      const target = destination ?? this.find(message.deadLetterSourceArn ?? "");
      // A message whose queue is gone stays where it is, and is seen again in a second.
      if (!target) continue;
      from.messages.delete(nowMs, { messageId: message.id, receiveCount: message.receiveCount });
      target.messages.redrive(nowMs, newId(), message);
      target.receivers.wake();
      moved += 1;
    }
    return moved;
  }

  /** Lets everyone who waits go empty-handed. */
  stop(): void {
    for (const queue of this.#byName.values()) queue.receivers.endAll();
  }

  #checkRedrive(sourceArn: string, attributes: Readonly<Record<string, string>>): void {
    const { redrivePolicy } = settingsOf(attributes);
    const target = redrivePolicy && this.find(redrivePolicy.deadLetterTargetArn);
    if (target) checkRedriveAllowed(sourceArn, attributes.RedrivePolicy ?? "", target.messages.settings);
  }

  #deadLetterQueueOf(queue: Queue): Queue | undefined {
    const policy = queue.messages.settings.redrivePolicy;
    return policy && this.find(policy.deadLetterTargetArn);
  }

  #adopt(message: QueuedMessage, target: Queue, sourceArn: string): void {
    target.messages.adopt(this.#options.clock.nowMs(), message, sourceArn);
    target.receivers.wake();
  }
}
