import { isPermanent, LonghaulError } from "../errors.ts";
import { CallTimeoutError } from "./call-errors.ts";

/** Why a call may succeed if it is made again: `throttled` asks for longer pauses than `transient`. */
export type Retryable = "throttled" | "transient";

interface Failure {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown; readonly clockSkewCorrected?: unknown };
  readonly $retryable?: { readonly throttling?: unknown };
}

// Names by which services say "too fast". Each is in the reference of its service:
// https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html and
// DynamoDB https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
// Lambda https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
// S3 https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
// SQS https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
const THROTTLES: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "KmsThrottled",
  "LimitExceededException",
  "OverLimit",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

// Names of errors below 500 that the service's reference says to try again.
const TRANSIENTS: ReadonlySet<string> = new Set([
  "ConditionalRequestConflict",
  "EFSMountTimeoutException",
  "IncompleteBody",
  "InternalError",
  "InternalFailure",
  "InternalServerError",
  "ItemCollectionSizeLimitExceededException",
  "OperationAborted",
  "ReplicatedWriteConflictException",
  "RequestTimeout",
  "RequestTimeoutException",
  "RequestTimeTooSkewed",
  "ResourceConflictException",
  "ResourceNotReadyException",
  "ServiceException",
  "ServiceUnavailable",
  "SnapStartNotReadyException",
  "SnapStartTimeoutException",
  "TimeoutError",
  "TransactionConflictException",
  "UnrecognizedClientException",
  // Credentials that ran out in flight; the next try is signed with new ones.
  "ExpiredToken",
  "ExpiredTokenException",
]);

// Codes of Node's sockets, DNS and fetch.
const BROKEN_CONNECTIONS: ReadonlySet<string> = new Set([
  "EAI_AGAIN",
  "ECONNABORTED",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** How far a chain of causes is followed. */
const MAX_CAUSES = 4;

/** Answers of 5xx that stay what they are: not implemented, HTTP version not supported. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([501, 505]);

/**
 * Whether the same call may succeed if it is made again, and why; `undefined` if its error is final. An SDK error is
 * judged by its name and HTTP status, any other by the codes of Node's connections. An error of this library is judged by
 * its cause, and is final if it has none.
 */
export function retryable(error: unknown): Retryable | undefined {
  return judge(error, MAX_CAUSES);
}

function judge(error: unknown, causes: number): Retryable | undefined {
  if (error instanceof CallTimeoutError) return "transient";
  if (typeof error !== "object" || error === null || isPermanent(error)) return undefined;
  if (error instanceof LonghaulError) return causes === 0 ? undefined : judge(error.cause, causes - 1);
  const { name, code, message, cause, $metadata, $retryable } = error as Failure;
  const status = typeof $metadata?.httpStatusCode === "number" ? $metadata.httpStatusCode : undefined;
  if (status === 429 || $retryable?.throttling === true || isIn(THROTTLES, name) || isIn(THROTTLES, code)) {
    return "throttled";
  }
  if (status === 503) return "throttled";
  // The SDK noticed that the machine's clock is off, and signs the next try with the service's time.
  if ($metadata?.clockSkewCorrected === true) return "transient";
  if ($retryable !== undefined || isIn(TRANSIENTS, name) || isIn(TRANSIENTS, code)) return "transient";
  if (status !== undefined && (status === 408 || (status >= 500 && !FINAL_STATUSES.has(status)))) return "transient";
  if (isIn(BROKEN_CONNECTIONS, code) || message === "aborted" || message === "socket hang up") return "transient";
  // An SDK that could not read an answer wraps what broke; so does fetch.
  return causes === 0 ? undefined : judge(cause, causes - 1);
}

function isIn(names: ReadonlySet<string>, name: unknown): boolean {
  return typeof name === "string" && names.has(name);
}
