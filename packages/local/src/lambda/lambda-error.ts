import { jsonProblem } from "../gateway/json-problem.ts";

/** An error of the Lambda API, written to the caller as REST-JSON with `X-Amzn-ErrorType`. */
export class LambdaError extends Error {
  /** The exception's name in the AWS API, e.g. `ResourceNotFoundException`. */
  readonly code: string;
  /** HTTP status the API answers with. */
  readonly httpStatus: number;
  /** `Reason` of a `TooManyRequestsException`. */
  readonly reason: string | undefined;

  constructor(code: string, httpStatus: number, message: string, reason?: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.httpStatus = httpStatus;
    this.reason = reason;
  }
}

/** The function, version or alias does not exist. */
export function functionNotFound(arn: string): LambdaError {
  return new LambdaError("ResourceNotFoundException", 404, `Function not found: ${arn}`);
}

/** A parameter has a value the API refuses. */
export function invalidParameter(message: string): LambdaError {
  return new LambdaError("InvalidParameterValueException", 400, message);
}

/** The body of an invocation is not JSON. */
export function invalidRequestContent(detail: string): LambdaError {
  return new LambdaError(
    "InvalidRequestContentException",
    400,
    `Could not parse request body into json: ${detail.slice(0, 400)}`,
  );
}

/** The payload of an invocation is not JSON. @param otherwise - the reason, if the fault is far inside. */
export function invalidPayload(payload: Uint8Array, otherwise: string): LambdaError {
  return invalidRequestContent(`Could not parse payload into json: ${jsonProblem(payload) ?? otherwise}`);
}

/** The payload is over the limit of its invocation type. */
export function requestTooLarge(message: string): LambdaError {
  return new LambdaError("RequestTooLargeException", 413, message);
}

/** Which limit refused an invocation; the `Reason` member of `TooManyRequestsException`. */
export type ThrottleReason =
  | "ReservedFunctionConcurrentInvocationLimitExceeded"
  | "ConcurrentInvocationLimitExceeded"
  | "CallerRateLimitExceeded";

/** No concurrency is left for the invocation. */
export function tooManyRequests(reason: ThrottleReason): LambdaError {
  return new LambdaError("TooManyRequestsException", 429, "Rate Exceeded.", reason);
}

/** The chain of invocations was stopped as a recursive loop. */
export function recursiveInvocation(functionName: string): LambdaError {
  return new LambdaError(
    "RecursiveInvocationException",
    400,
    `Lambda has detected ${functionName} being invoked in a recursive loop and stopped this invocation. ` +
      "If the loop is intended, set the function's RecursiveLoop to Allow.",
  );
}
