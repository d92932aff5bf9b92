/** Settings of a function of the model. */
export interface ModelFunction {
  reserved: number | undefined;
  retries: number;
  maxAgeMs: number;
  onSuccess: string | undefined;
  onFailure: string | undefined;
  deadLetter: string | undefined;
}

export type ModelCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

/** Something that is sent when an event leaves the queue. */
export interface ModelDelivery {
  readonly arn: string;
  readonly event: string;
  /** `undefined`: the event itself, to the dead-letter queue. */
  readonly condition: ModelCondition | undefined;
  readonly invokeCount: number | undefined;
}

/** One delivery of an event, from the queue's acceptance to its end. */
interface Pending {
  readonly event: string;
  readonly functionName: string;
  readonly acceptedMs: number;
  dueMs: number;
  phase: "waiting" | "running" | "discarding";
  failures: number;
  throttles: number;
}

/**
 * Lambda's asynchronous queue as the Lambda Developer Guide describes it: what is tried when, and what is sent in the end.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
 */
export class EventQueueModel {
  nowMs: number;
  readonly functions = new Map<string, ModelFunction>();
  readonly deliveries: ModelDelivery[] = [];
  /** Deeds of the queue that the model forbids. */
  readonly problems: string[] = [];
  readonly #accountLimit: number;
  #pending: Pending[] = [];

  constructor(nowMs: number, accountLimit: number) {
    this.nowMs = nowMs;
    this.#accountLimit = accountLimit;
  }

  accept(event: string, functionName: string, delaysMs: readonly number[]): void {
    for (const delayMs of delaysMs) {
      const counts = { failures: 0, throttles: 0 };
      const acceptedMs = this.nowMs;
      this.#pending.push({ event, functionName, acceptedMs, dueMs: acceptedMs + delayMs, phase: "waiting", ...counts });
    }
  }

  /** The queue has begun to run the function for an event. */
  begins(event: string): void {
    const pending = this.#due(event);
    if (!pending) {
      this.#wrong(`${event} runs, and is not due`);
      return;
    }
    if (this.#isFull(pending.functionName)) this.#wrong(`${event} runs without concurrency`);
    pending.phase = "running";
    pending.throttles = 0;
  }

  /** The queue has found no concurrency for an event. */
  throttled(event: string): void {
    const pending = this.#due(event);
    if (!pending) {
      this.#wrong(`${event} is tried, and is not due`);
      return;
    }
    if (!this.#isFull(pending.functionName)) this.#wrong(`${event} is throttled with concurrency left`);
    pending.throttles += 1;
    const isHopeless = this.functions.get(pending.functionName)?.reserved === 0;
    if (isHopeless) this.#discard(pending, "ZeroReservedConcurrency");
    else this.#retry(pending, Math.min(1000 * 2 ** (pending.throttles - 1), 300_000));
  }

  ends(event: string, isError: boolean): void {
    const pending = this.#pending.find((each) => each.event === event && each.phase === "running");
    if (!pending) throw new Error(`${event} does not run.`);
    const settings = this.functions.get(pending.functionName);
    if (isError) pending.failures += 1;
    if (!settings || !isError) {
      this.#forget(pending);
      if (settings?.onSuccess) this.#send(settings.onSuccess, pending, "Success", pending.failures + 1);
    } else if (pending.failures > settings.retries) this.#discard(pending, "RetriesExhausted");
    // "A one-minute wait between the first two attempts, and two minutes between the second and third."
    else this.#retry(pending, pending.failures * 60_000);
  }

  /** Everything that is due now has happened. */
  settle(): void {
    for (const pending of [...this.#pending]) {
      if (pending.dueMs > this.nowMs || pending.phase === "running") continue;
      if (pending.phase === "discarding") this.#discard(pending, "EventAgeExceeded");
      else if (!this.functions.has(pending.functionName)) this.#forget(pending);
      else this.#wrong(`${pending.event} is due since ${pending.dueMs}, and is not tried`);
    }
  }

  #retry(pending: Pending, waitMs: number): void {
    const tooOldMs = pending.acceptedMs + (this.functions.get(pending.functionName)?.maxAgeMs ?? 0);
    pending.dueMs = Math.max(this.nowMs, Math.min(this.nowMs + waitMs, tooOldMs));
    pending.phase = this.nowMs + waitMs > tooOldMs ? "discarding" : "waiting";
  }

  #discard(pending: Pending, condition: ModelCondition): void {
    this.#forget(pending);
    const settings = this.functions.get(pending.functionName);
    if (settings?.onFailure) this.#send(settings.onFailure, pending, condition, pending.failures);
    if (settings?.deadLetter) this.#send(settings.deadLetter, pending, undefined, undefined);
  }

  #send(arn: string, { event }: Pending, condition: ModelCondition | undefined, invokeCount: number | undefined) {
    this.deliveries.push({ arn, event, condition, invokeCount });
  }

  #due(event: string): Pending | undefined {
    return this.#pending.find((each) => each.event === event && each.phase === "waiting" && each.dueMs === this.nowMs);
  }

  #isFull(functionName: string): boolean {
    const running = (name: string) =>
      this.#pending.filter((each) => each.functionName === name && each.phase === "running").length;
    const reserved = this.functions.get(functionName)?.reserved;
    if (reserved !== undefined) return running(functionName) >= reserved;
    const all = [...this.functions];
    const kept = all.reduce((total, [, settings]) => total + (settings.reserved ?? 0), 0);
    const shared = all.filter(([, settings]) => settings.reserved === undefined);
    return shared.reduce((total, [name]) => total + running(name), 0) >= this.#accountLimit - kept;
  }

  #forget(pending: Pending): void {
    this.#pending = this.#pending.filter((each) => each !== pending);
  }

  #wrong(problem: string): void {
    this.problems.push(`${problem} at ${this.nowMs}`);
  }
}
