import { EventError } from "../errors.ts";
import type { InvocationContext } from "../options.ts";
import type { Outcome } from "./outcome.ts";

/** The part of an SQS event that is used; `SQSEvent` of `@types/aws-lambda` fits. */
export interface SqsEvent {
  readonly Records: ReadonlyArray<{ readonly messageId: string; readonly body: string }>;
}

/** Partial batch response: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
export interface SqsBatchResponse {
  readonly batchItemFailures: Array<{ readonly itemIdentifier: string }>;
}

/**
 * Lets a recursive handler be triggered by a queue: each message body is one event, of a new run or of the next hop of
 * one. A message whose hop failed, or whose run is being worked on elsewhere, is reported as failed, so that the queue
 * keeps it; after `maxReceiveCount` it is in the DLQ. Map the queue with `ReportBatchItemFailures` and batch size 1.
 *
 * @example `export const handler = sqsHandler(recursive({ ... }));`
 */
export function sqsHandler<Result>(
  handler: (event: never, context: InvocationContext) => Promise<Outcome<Result>>,
  onError: (messageId: string, error: unknown) => void = (messageId, error) =>
    console.error(JSON.stringify({ level: "ERROR", message: "message failed", messageId, error: String(error) })),
): (event: SqsEvent, context: InvocationContext) => Promise<SqsBatchResponse> {
  return async (event, context) => {
    if (!Array.isArray(event?.Records))
      throw new EventError("sqsHandler takes events of an SQS mapping, with Records.");
    const batchItemFailures: Array<{ itemIdentifier: string }> = [];
    for (const { messageId, body } of event.Records) {
      try {
        const outcome = await handler(JSON.parse(body) as never, {
          ...context,
          getRemainingTimeInMillis: () => context.getRemainingTimeInMillis(),
          causeId: `sqs:${messageId}`,
        });
        if (outcome.status !== "duplicate" || outcome.refusal !== "lease-live") continue;
      } catch (error) {
        onError(messageId, error);
      }
      batchItemFailures.push({ itemIdentifier: messageId });
    }
    return { batchItemFailures };
  };
}
