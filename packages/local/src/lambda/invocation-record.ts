import type { DeliveryTarget } from "../gateway/service.ts";
import type { FinishedInvocation } from "./invoker.ts";

/** Why a record is sent. */
export type RecordCondition = "Success" | "RetriesExhausted" | "EventAgeExceeded" | "ZeroReservedConcurrency";

/** The content of an invocation record of an asynchronous event. */
export interface RecordedEvent {
  readonly requestId: string;
  /** With version or alias; `$LATEST` if none was named. */
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  /** Runs of the handler so far. */
  readonly invokeCount: number;
  /** How the last run ended; `undefined` if there was none. */
  readonly lastRun: Pick<FinishedInvocation, "outcome" | "executedVersion"> | undefined;
}

/**
 * The JSON that Lambda sends to an on-failure or on-success destination.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function invocationRecord(event: RecordedEvent, condition: RecordCondition, nowMs: number): string {
  const { lastRun } = event;
  return JSON.stringify({
    version: "1.0",
    timestamp: new Date(nowMs).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: event.functionArn,
      condition,
      approximateInvokeCount: event.invokeCount,
    },
    requestPayload: JSON.parse(event.payload) as unknown,
    ...(lastRun === undefined
      ? {}
      : {
          responseContext: {
            statusCode: 200,
            executedVersion: lastRun.executedVersion,
            ...(lastRun.outcome.status === "ok" ? {} : { functionError: "Unhandled" }),
          },
          responsePayload: parsedOrText(lastRun.outcome.payload),
        }),
  });
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/** A queue or topic that gets a discarded event's own payload, and the error in message attributes. */
export interface DeadLetterTarget extends DeliveryTarget {
  readonly messageAttributes: Readonly<
    Record<"RequestID" | "ErrorCode" | "ErrorMessage", { readonly DataType: string; readonly StringValue: string }>
  >;
}

/**
 * Where a dead letter goes, with the attributes Lambda puts on it.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq
 */
export function deadLetter(arn: string, event: RecordedEvent): DeadLetterTarget {
  const failed = event.lastRun?.outcome;
  const message =
    failed === undefined || failed.status === "ok"
      ? "The event was not processed."
      : ((parsedOrText(failed.payload) as { errorMessage?: string } | null)?.errorMessage ?? failed.payload);
  return {
    arn,
    messageAttributes: {
      RequestID: { DataType: "String", StringValue: event.requestId },
      ErrorCode: { DataType: "Number", StringValue: failed === undefined ? "429" : "200" },
      ErrorMessage: { DataType: "String", StringValue: String(message).slice(0, 1024) },
    },
  };
}
