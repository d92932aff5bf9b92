import type { AsyncEvent, AsyncSettings, EventQueue, TryResult } from "./event-queue.ts";
import type { LambdaFaults } from "./faults.ts";
import type { FunctionRegistry, InvocationTarget } from "./function-registry.ts";
import type { Invoker } from "./invoker.ts";
import {
  invalidParameter,
  invalidPayload,
  recursiveInvocation,
  requestTooLarge,
  tooManyRequests,
} from "./lambda-error.ts";
import { chainLink } from "./recursive-loop.ts";

/** Largest payload of a synchronous invocation: 6 MB. */
export const MAX_SYNC_PAYLOAD_BYTES = 6_291_456;
/** Largest payload of an asynchronous invocation: 1 MB since October 2025. */
const MAX_ASYNC_PAYLOAD_BYTES = 1_048_576;

/** An Invoke call. */
export interface InvokeRequest {
  /** Name, partial ARN or ARN, each with or without version or alias. */
  readonly functionName: string;
  /** Version or alias. */
  readonly qualifier?: string;
  /** JSON text. @defaultValue "{}" */
  readonly payload?: string;
  /** @defaultValue "RequestResponse" */
  readonly invocationType?: "RequestResponse" | "Event" | "DryRun";
  /** JSON text for `context.clientContext`. */
  readonly clientContext?: string;
  /** `X-Amzn-Trace-Id` of the caller; its lineage is what loops are told by. */
  readonly traceHeader?: string | undefined;
  /** Return the end of the log, as `LogType=Tail` does. */
  readonly wantsLogTail?: boolean;
  /** The id the function sees. @defaultValue a new one */
  readonly requestId?: string;
}

/** The answer to an Invoke call. */
export interface InvokeResponse {
  readonly statusCode: 200 | 202 | 204;
  readonly requestId: string;
  /** JSON text; `undefined` unless the invocation was synchronous. */
  readonly payload: string | undefined;
  /** Set if the function failed; `payload` then holds `errorType` and `errorMessage`. */
  readonly functionError: "Unhandled" | undefined;
  readonly executedVersion: string | undefined;
  /** The last 4 KB of the log in base64, if asked for. */
  readonly logTail: string | undefined;
}

/** Invoking functions from within the process; the HTTP API goes through the same door. */
export interface InvokeApi {
  /** @throws LambdaError what the API would answer: not found, throttled, too large, not JSON, a loop. */
  invoke(request: InvokeRequest): Promise<InvokeResponse>;
}

/** The service's side of {@link InvokeApi}. */
export interface InternalInvokeApi extends InvokeApi {
  /** One try of a queued event. */
  attempt(event: AsyncEvent, attempt: number): Promise<TryResult>;
  settings(event: AsyncEvent): AsyncSettings | undefined;
}

/** Creates the Invoke operation. */
export function createInvokeApi(options: {
  readonly registry: FunctionRegistry;
  readonly invoker: Invoker;
  readonly queue: EventQueue;
  readonly faults: LambdaFaults;
  readonly isStopped: () => boolean;
  readonly now: () => number;
  readonly randomUUID: () => string;
}): InternalInvokeApi {
  const { registry, invoker, queue, faults } = options;
  let calls = 0;
  let events = 0;

  function resolveEvent(event: AsyncEvent): InvocationTarget | undefined {
    try {
      return registry.resolve(event.functionArn);
    } catch {
      return undefined;
    }
  }

  function enqueue(event: AsyncEvent, isLoop: boolean): void {
    if (isLoop) {
      queue.dropLoop(event);
      return;
    }
    events += 1;
    const { requestId, payload, functionName } = event;
    queue.accept(event, faults.deliveries?.({ sequence: events, functionName, requestId, payload }) ?? [0]);
  }

  return {
    async invoke(request) {
      const invocationType = request.invocationType ?? "RequestResponse";
      const target = registry.resolveForInvoke(request.functionName, request.qualifier);
      const functionName = target.record.name;
      const requestId = request.requestId ?? options.randomUUID();
      const payload = request.payload === undefined || request.payload === "" ? "{}" : request.payload;
      checkPayload(payload, invocationType);
      const response: InvokeResponse = {
        statusCode: invocationType === "DryRun" ? 204 : 202,
        requestId,
        payload: undefined,
        functionError: undefined,
        executedVersion: undefined,
        logTail: undefined,
      };
      if (invocationType === "DryRun") return response;

      calls += 1;
      if (faults.throttle?.({ sequence: calls, functionName, invocationType })) {
        throw tooManyRequests("CallerRateLimitExceeded");
      }
      const link = chainLink(
        request.traceHeader,
        target.record.arn,
        target.record.recursiveLoop,
        options.now(),
        options.randomUUID,
      );
      const common = { requestId, payload, traceHeader: link.traceHeader, clientContext: request.clientContext };
      if (invocationType === "Event") {
        enqueue({ ...common, functionName, functionArn: target.invokedArn }, link.isLoop);
        return response;
      }
      if (link.isLoop) throw recursiveInvocation(functionName);
      const result = await invoker.run({
        ...common,
        target,
        attempt: 1,
        wantsLogTail: request.wantsLogTail ?? false,
      });
      return {
        statusCode: 200,
        requestId,
        payload: result.outcome.payload,
        functionError: result.outcome.status === "ok" ? undefined : "Unhandled",
        executedVersion: result.executedVersion,
        logTail: result.logTail,
      };
    },

    async attempt(event, attempt) {
      const target = resolveEvent(event);
      if (!target) return { kind: "gone" };
      const { requestId, payload, traceHeader, clientContext } = event;
      try {
        const result = await invoker.run({
          target,
          requestId,
          payload,
          traceHeader,
          clientContext,
          attempt,
          wantsLogTail: false,
        });
        return { kind: "run", result };
      } catch {
        // Lambda treats its own faults as it treats throttles: the event goes back into the queue.
        return { kind: options.isStopped() ? "gone" : "throttled" };
      }
    },

    settings(event) {
      const target = resolveEvent(event);
      return (
        target && {
          eventInvokeConfig: target.eventInvokeConfig,
          deadLetterArn: target.version.config.deadLetterArn,
          roleArn: target.version.config.roleArn,
          reservedConcurrency: target.record.reservedConcurrency,
        }
      );
    },
  };
}

function checkPayload(payload: string, invocationType: string): void {
  const bytes = Buffer.byteLength(payload);
  if (invocationType === "Event" && bytes > MAX_ASYNC_PAYLOAD_BYTES) {
    throw requestTooLarge(
      `${bytes} byte payload is too large for the Event invocation type (limit ${MAX_ASYNC_PAYLOAD_BYTES} bytes)`,
    );
  }
  if (bytes > MAX_SYNC_PAYLOAD_BYTES) {
    throw requestTooLarge(
      `Request must be smaller than ${MAX_SYNC_PAYLOAD_BYTES} bytes for the InvokeFunction operation`,
    );
  }
  if (!["RequestResponse", "Event", "DryRun"].includes(invocationType)) {
    throw invalidParameter(`InvocationType is ${invocationType}; it must be RequestResponse, Event or DryRun.`);
  }
  try {
    JSON.parse(payload);
  } catch (error) {
    throw invalidPayload(Buffer.from(payload), (error as Error).message);
  }
}
