import type { DeliverEvent, DeliveryTarget } from "../gateway/service.ts";
import type { EventInvokeConfig } from "./function-config.ts";
import { deadLetter, invocationRecord, type RecordCondition, type RecordedEvent } from "./invocation-record.ts";
import type { FinishedInvocation } from "./invoker.ts";
import type { LambdaObserver } from "./lambda-events.ts";
import { nextStep, scaledWaitMs } from "./retry-schedule.ts";

/** An event in Lambda's asynchronous queue. */
export interface AsyncEvent {
  readonly requestId: string;
  readonly functionName: string;
  /** ARN as invoked, for the record. */
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  /** As the caller sent it, with the invocation counted in. */
  readonly traceHeader: string;
  readonly clientContext: string | undefined;
}

/** The outcome of a try of an event; `gone`: its function does not exist any more. */
export type TryResult =
  | { readonly kind: "run"; readonly result: FinishedInvocation }
  | { readonly kind: "throttled" }
  | { readonly kind: "gone" };

/** Settings of a function that decide over its events, read anew at each decision. */
export interface AsyncSettings {
  readonly eventInvokeConfig: EventInvokeConfig;
  readonly deadLetterArn: string | undefined;
  /** The function's role, which destinations and dead letters are sent with. */
  readonly roleArn: string;
  readonly reservedConcurrency: number | undefined;
}

/** Options of the queue. */
export interface EventQueueOptions {
  readonly now: () => number;
  /** Calls back after that many ms. */
  readonly setTimer: (callback: () => void, delayMs: number) => void;
  /** Multiplies what the queue itself waits. */
  readonly timeScale: number;
  readonly attempt: (event: AsyncEvent, attempt: number) => Promise<TryResult>;
  /** `undefined` once the function is gone. */
  readonly settings: (event: AsyncEvent) => AsyncSettings | undefined;
  readonly deliver: DeliverEvent;
  readonly observer: LambdaObserver;
  readonly hold: () => () => void;
}

/** Lambda's asynchronous queue: at least once, retried, aged out, and then passed on or lost. */
export interface EventQueue {
  /** Takes an event in; `delaysMs` has one entry for each time it is delivered. */
  accept(event: AsyncEvent, delaysMs: readonly number[]): void;
  /** Takes in an event that recursive-loop detection has stopped: it goes to the dead letters without a run. */
  dropLoop(event: AsyncEvent): void;
}

/** Creates an empty queue. */
export function createEventQueue(options: EventQueueOptions): EventQueue {
  const { observer } = options;

  async function send(event: AsyncEvent, roleArn: string, target: DeliveryTarget, payload: string): Promise<void> {
    try {
      await options.deliver(target, payload, {
        servicePrincipal: "lambda.amazonaws.com",
        roleArn,
        sourceArn: event.functionArn,
        traceHeader: event.traceHeader,
      });
    } catch (error) {
      observer.emit("delivery.failed", {
        requestId: event.requestId,
        targetArn: target.arn,
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  function recorded(event: AsyncEvent, invokeCount: number, lastRun: FinishedInvocation | undefined): RecordedEvent {
    const isQualified = event.functionArn.split(":").length > 7;
    return {
      requestId: event.requestId,
      functionArn: isQualified ? event.functionArn : `${event.functionArn}:$LATEST`,
      payload: event.payload,
      invokeCount,
      lastRun,
    };
  }

  async function discard(
    event: AsyncEvent,
    record: RecordedEvent,
    condition: RecordCondition,
    reason: "loop" | "age" | "retries" | "concurrency",
  ): Promise<void> {
    const settings = options.settings(event);
    const onFailureArn = settings?.eventInvokeConfig.onFailureArn;
    const deadLetterArn = settings?.deadLetterArn;
    observer.emit("dropped", {
      functionName: event.functionName,
      requestId: event.requestId,
      reason,
      targetArns: [onFailureArn, deadLetterArn].filter((arn) => arn !== undefined),
    });
    if (!settings) return;
    const { roleArn } = settings;
    if (onFailureArn)
      await send(event, roleArn, { arn: onFailureArn }, invocationRecord(record, condition, options.now()));
    if (deadLetterArn) await send(event, roleArn, deadLetter(deadLetterArn, record), event.payload);
  }

  const pause = (delayMs: number) => new Promise<void>((resolve) => options.setTimer(resolve, delayMs));

  async function work(event: AsyncEvent, acceptedAtMs: number, delayMs: number): Promise<void> {
    if (delayMs > 0) await pause(delayMs);
    let failures = 0;
    let throttles = 0;
    let lastRun: FinishedInvocation | undefined;
    let savedMs = 0;
    for (;;) {
      const result = await options.attempt(event, failures + 1);
      const settings = options.settings(event);
      if (result.kind === "gone" || !settings) return;
      if (result.kind === "throttled" && settings.reservedConcurrency === 0) {
        // No retry can help: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
        return discard(event, recorded(event, failures, lastRun), "ZeroReservedConcurrency", "concurrency");
      }
      let limitLeftMs: number | undefined;
      if (result.kind === "throttled") {
        throttles += 1;
      } else {
        ({ limitLeftMs } = result.result);
        throttles = 0;
        lastRun = result.result;
        if (lastRun.outcome.status === "ok") {
          const { onSuccessArn } = settings.eventInvokeConfig;
          const record = invocationRecord(recorded(event, failures + 1, lastRun), "Success", options.now());
          if (onSuccessArn) await send(event, settings.roleArn, { arn: onSuccessArn }, record);
          return;
        }
        failures += 1;
      }
      const history = { ageMs: options.now() - acceptedAtMs + savedMs, failures, throttles };
      const next = nextStep(history, settings.eventInvokeConfig);
      const waitMs = scaledWaitMs(next.afterMs, options.timeScale, limitLeftMs);
      savedMs += next.afterMs - waitMs;
      if (waitMs > 0) await pause(waitMs);
      if (next.step === "discard") {
        const reason = next.condition === "RetriesExhausted" ? "retries" : "age";
        return discard(event, recorded(event, failures, lastRun), next.condition, reason);
      }
    }
  }

  return {
    accept(event, delaysMs) {
      const acceptedAtMs = options.now();
      for (const delayMs of delaysMs) void work(event, acceptedAtMs, delayMs).finally(options.hold());
    },
    dropLoop(event) {
      void discard(event, recorded(event, 0, undefined), "RetriesExhausted", "loop").finally(options.hold());
    },
  };
}
