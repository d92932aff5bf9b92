import type { Clock } from "../gateway/clock.ts";
import type { InvokeApi, InvokeResponse } from "../lambda/invoke-api.ts";
import { LambdaError } from "../lambda/lambda-error.ts";
import type { Quiet } from "../lambda/quiet.ts";
import type { QueuedMessage } from "../sqs/message.ts";
import type { Queue, Queues } from "../sqs/queues.ts";
import { SqsError } from "../sqs/sqs-error.ts";
import { type BatchItem, createBatchCollector } from "./batch-collector.ts";
import { batchVerdict } from "./batch-response.ts";
import { batchTrace } from "./batch-trace.ts";
import type { ResolvedMappingSettings } from "./mapping-settings.ts";
import { compileMessageFilter } from "./message-filter.ts";
import { createPollerScaling } from "./poller-scaling.ts";
import { sqsEventOf, sqsRecord } from "./sqs-event.ts";

/** A message about to be handed to a function; what a fault decides by. */
export interface PolledMessage {
  readonly eventSourceArn: string;
  readonly messageId: string;
  readonly body: string;
  /** 1 at the first delivery. */
  readonly receiveCount: number;
}

/** Trouble that SQS and its poller may make. */
export interface EventSourceFaults {
  /** `true`: the message is handed over and stays in the queue as well, so that it is delivered once more. */
  readonly duplicate?: (message: PolledMessage) => boolean;
}

/** Polls one queue for one function. */
export interface QueuePoller {
  /** Ends the polling. Batches under way continue, and messages already received are still handed over. */
  stop(): void;
}

/** Options of a poller. */
export interface QueuePollerOptions {
  readonly queueArn: string;
  readonly functionArn: string;
  readonly settings: ResolvedMappingSettings;
  readonly clock: Clock;
  readonly queues: Queues;
  readonly lambda: InvokeApi;
  /** Most batches at a time on this machine. */
  readonly maxBatches: number;
  readonly faults: EventSourceFaults;
  readonly quiet: Quiet;
  /** Names a permission that the function's role needs. @throws {AccessDenied} */
  readonly authorize: (action: string) => void;
  /** Told of what keeps the poller from its work; `undefined` when it works. */
  readonly onProblem: (problem: unknown) => void;
}

/** After a queue could not be polled. */
const problemPauseMs = 5_000;
/** Waits between tries of a throttled invocation. */
const throttlePausesMs = [100, 200, 500, 1_000, 2_000] as const;

type Result = { readonly kind: "answered"; readonly response: InvokeResponse } | { readonly kind: "failed" | "loop" };

/** Starts to poll. */
export function startQueuePoller(options: QueuePollerOptions): QueuePoller {
  const { queueArn, settings, clock, queues, quiet } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const isWanted = compileMessageFilter(settings.filterPatterns);
  const scaling = createPollerScaling(clock, () =>
    Math.min(options.maxBatches, settings.maximumConcurrency ?? options.maxBatches),
  );
  const collector = createBatchCollector({
    clock,
    limits: () => ({ batchSize: settings.batchSize, windowMs: settings.windowSeconds * 1000 }),
    async receive(maxMessages, waitMs) {
      const queue = sourceQueue();
      options.authorize("sqs:ReceiveMessage");
      const messages = await queues.receive(queue, { maxMessages, waitMs, signal });
      options.onProblem(undefined);
      return messages;
    },
    accept,
  });

  function sourceQueue(): Queue {
    const queue = queues.find(queueArn);
    if (queue) return queue;
    throw new SqsError("QueueDoesNotExist", `The event source ${queueArn} does not exist.`);
  }

  function accept(message: QueuedMessage): BatchItem | undefined {
    const queue = sourceQueue();
    const { id: messageId, body, receiveCount } = message;
    const receipt = { messageId, receiveCount };
    const record = sqsRecord(message, queueArn);
    const item = { receipt, record: JSON.stringify(record), traceHeader: message.traceHeader, isDuplicated: false };
    const { visibleAtMs } = message;
    if (!isWanted(record)) {
      remove([{ ...item, visibleAtMs }]);
      return undefined;
    }
    const isDuplicated = options.faults.duplicate?.({ eventSourceArn: queueArn, messageId, body, receiveCount });
    if (isDuplicated) {
      queue.messages.changeVisibility(clock.nowMs(), receipt, 0, messageId);
      queue.receivers.wake();
    }
    return { ...item, visibleAtMs, isDuplicated: isDuplicated ?? false };
  }

  function remove(items: readonly BatchItem[]): void {
    const queue = queues.find(queueArn);
    const deleted = items.filter(({ isDuplicated }) => !isDuplicated);
    if (deleted.length === 0 || !queue) return;
    options.authorize("sqs:DeleteMessage");
    for (const { receipt } of deleted) queue.messages.delete(clock.nowMs(), receipt);
  }

  /** Tries again while throttled, for as long as the messages are hidden from others. */
  async function invoke(items: readonly BatchItem[]): Promise<Result> {
    const payload = sqsEventOf(items.map(({ record }) => record));
    const traceHeader = batchTrace(items.map((item) => item.traceHeader));
    const visibleAtMs = Math.min(...items.map((item) => item.visibleAtMs));
    for (let attempt = 0; ; attempt += 1) {
      try {
        const response = await options.lambda.invoke({ functionName: options.functionArn, payload, traceHeader });
        return { kind: "answered", response };
      } catch (error) {
        const code = error instanceof LambdaError ? error.code : "";
        if (code === "RecursiveInvocationException") return { kind: "loop" };
        if (signal.aborted) return { kind: "failed" };
        scaling.backOff();
        const pauseMs = throttlePausesMs[Math.min(attempt, throttlePausesMs.length - 1)] ?? 0;
        const isLate = clock.nowMs() + pauseMs >= visibleAtMs;
        if (code !== "TooManyRequestsException") options.onProblem(error);
        if (code !== "TooManyRequestsException" || isLate) return { kind: "failed" };
        await pause(pauseMs);
      }
    }
  }

  async function handOver(items: readonly BatchItem[]): Promise<void> {
    const result = await invoke(items);
    if (result.kind !== "answered") return result.kind === "loop" ? stopLoop(items) : undefined;
    const { functionError, payload } = result.response;
    if (functionError !== undefined) {
      // Not where failures are reported message by message: services-sqs-errorhandling, "Partial batch responses".
      if (!settings.reportsBatchItemFailures) scaling.backOff();
      return;
    }
    const ids = new Set(items.map(({ receipt }) => receipt.messageId));
    const verdict = settings.reportsBatchItemFailures ? batchVerdict(payload, ids) : { failed: new Set<string>() };
    if (verdict === "all failed") return;
    remove(items.filter(({ receipt }) => !verdict.failed.has(receipt.messageId)));
  }

  /** Which message of a batch came round too often is found by handing them over one by one. */
  async function stopLoop(items: readonly BatchItem[]): Promise<void> {
    const [item, ...others] = items;
    if (item && others.length === 0) {
      queues.discard(sourceQueue(), item.receipt);
      return;
    }
    for (const single of items) await handOver([single]);
  }

  function pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        cancel();
        signal.removeEventListener("abort", resume);
        resolve();
      };
      const cancel = clock.after(delayMs, resume);
      signal.addEventListener("abort", resume, { once: true });
    });
  }

  async function poll(): Promise<void> {
    while (!signal.aborted || collector.hasCarried) {
      await scaling.whenFree(signal);
      try {
        const items = await collector.collect(signal);
        if (items.length > 0) begin(items);
      } catch (error) {
        options.onProblem(error);
        await pause(problemPauseMs);
      }
    }
  }

  function begin(items: readonly BatchItem[]): void {
    const leave = scaling.begin();
    const rest = quiet.hold();
    void handOver(items)
      .catch(options.onProblem)
      .finally(() => {
        leave();
        rest();
      });
  }

  void poll();
  return { stop: () => stopping.abort() };
}
