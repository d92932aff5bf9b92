import { EventError } from "../errors.ts";

/** An event that a function did not process, as a queue of failures keeps it. */
export interface FailedEvent {
  readonly event: Readonly<Record<string, unknown>>;
  /** The function that it was for. Absent in a dead-letter queue, which keeps the event alone. */
  readonly functionArn?: string | undefined;
  /** Id of the invocation, which its retries kept. */
  readonly requestId?: string | undefined;
  /** The error that the function answered with, or why Lambda gave the event up. */
  readonly reason?: string | undefined;
}

/**
 * Reads the body of a message from a queue of failures: the record of an invocation that Lambda sends to an on-failure
 * destination, or the event itself, as in a function's dead-letter queue.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 *
 * @throws {@link EventError} if the body is neither.
 */
export function failedEventOf(body: string): FailedEvent {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new EventError("The message is not JSON; it must be an event, or the record of an invocation.", { cause });
  }
  if (!isObject(value))
    throw new EventError("The message must be a JSON object: an event, or the record of an invocation.");
  const { requestContext, requestPayload, responsePayload } = value;
  if (!isObject(requestContext) || typeof requestContext.functionArn !== "string" || requestPayload === undefined) {
    return { event: value };
  }
  if (!isObject(requestPayload)) throw new EventError("The event of the record is not a JSON object.");
  const { functionArn, requestId, condition } = requestContext;
  return {
    event: requestPayload,
    functionArn: functionArn.replace(/:\$LATEST$/, ""),
    ...(typeof requestId === "string" && { requestId }),
    ...reasonOf(responsePayload, condition),
  };
}

function reasonOf(response: unknown, condition: unknown): Pick<FailedEvent, "reason"> {
  const { errorType, errorMessage } = isObject(response) ? response : {};
  const said = [errorType, errorMessage].filter((part) => typeof part === "string" && part !== "").join(": ");
  if (said !== "") return { reason: said };
  return typeof condition === "string" ? { reason: condition } : {};
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
