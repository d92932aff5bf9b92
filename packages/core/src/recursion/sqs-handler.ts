import { EventError, isPermanent } from "../errors.ts";
import { errorFields } from "../observe/notify.ts";
import type { InvocationContext } from "../options.ts";
import type { EndReason } from "../state/run-store.ts";
import type { Outcome } from "./outcome.ts";

/** The part of a message in an SQS event that is used; `SQSRecord` of `@types/aws-lambda` fits. */
export interface SqsMessage {
  readonly messageId: string;
  readonly body: string;
}

/** The part of an SQS event that is used; `SQSEvent` of `@types/aws-lambda` fits. */
export interface SqsEvent {
  readonly Records: readonly SqsMessage[];
}

/** Partial batch response: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
export interface SqsBatchResponse {
  readonly batchItemFailures: Array<{ readonly itemIdentifier: string }>;
}

/** Options of {@link sqsHandler}. */
export interface SqsHandlerOptions {
  /** Told of each message that failed. Default: writes a line of JSON to the log. */
  readonly onError?: (messageId: string, error: unknown) => void;
  /**
   * Puts a message whose run failed, or that no run can begin from, into a dead-letter queue, with the reason; see
   * `sqsDeadLetter`. Default: the message stays and fails until the queue's redrive policy moves it, without a reason and
   * without any work being repeated.
   */
  readonly deadLetter?: (message: SqsMessage, reason: EndReason) => Promise<void>;
}

/**
 * Lets a recursive handler be triggered by a queue: each message body is one event, of a new run or of the next hop of
 * one. A message whose hop failed, or whose run is being worked on elsewhere, is reported as failed, so that the queue
 * keeps it; after `maxReceiveCount` it is in the DLQ. Map the queue with `ReportBatchItemFailures` and batch size 1.
 *
 * @example
 * ```ts
 * const deadLetter = sqsDeadLetter({ queueUrl: process.env.DEAD_LETTER_URL! });
 * export const handler = sqsHandler(recursive({ ... }), { deadLetter });
 * ```
 */
export function sqsHandler<Result>(
  handler: (event: never, context: InvocationContext) => Promise<Outcome<Result>>,
  options: SqsHandlerOptions = {},
): (event: SqsEvent, context: InvocationContext) => Promise<SqsBatchResponse> {
  const { onError = logError, deadLetter } = options;

  /** Works on a message; answers whether the queue is to keep it. */
  async function isKept(message: SqsMessage, context: InvocationContext): Promise<boolean> {
    const outcome = await handler(parsed(message.body) as never, {
      ...context,
      getRemainingTimeInMillis: () => context.getRemainingTimeInMillis(),
      causeId: `sqs:${message.messageId}`,
      readsOutcome: true,
    });
    const reason = failureOf(outcome);
    if (!reason) return outcome.status === "duplicate" && outcome.refusal === "lease-live";
    await deadLetter?.(message, reason);
    return deadLetter === undefined;
  }

  return async (event, context) => {
    if (!Array.isArray(event?.Records))
      throw new EventError("sqsHandler takes events of an SQS mapping, with Records.");
    const batchItemFailures: Array<{ itemIdentifier: string }> = [];
    const keep = ({ messageId }: SqsMessage) => batchItemFailures.push({ itemIdentifier: messageId });
    for (const message of event.Records as readonly SqsMessage[]) {
      try {
        if (await isKept(message, context)) keep(message);
      } catch (error) {
        onError(message.messageId, error);
        const isDead = deadLetter && isPermanent(error) && (await isMoved(deadLetter, message, error));
        if (!isDead) keep(message);
      }
    }
    return { batchItemFailures };
  };

  /** Moves a message that can never be worked on; one that cannot be moved stays. */
  async function isMoved(
    move: NonNullable<SqsHandlerOptions["deadLetter"]>,
    message: SqsMessage,
    error: unknown,
  ): Promise<boolean> {
    try {
      await move(message, errorFields(error));
      return true;
    } catch (cause) {
      onError(message.messageId, cause);
      return false;
    }
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new EventError("The body of the message is not JSON; it must be the event of a run.", { cause });
  }
}

/** Why the run of a message failed, in this invocation or in one before. */
function failureOf(outcome: Outcome): EndReason | undefined {
  if (outcome.status === "failed") return outcome.reason;
  if (outcome.status !== "duplicate" || outcome.phase !== "failed") return undefined;
  return outcome.reason ?? { code: "RUN_FAILED", message: `Run ${outcome.run} failed.` };
}

function logError(messageId: string, error: unknown): void {
  console.error(JSON.stringify({ level: "ERROR", message: "message failed", messageId, error: String(error) }));
}
