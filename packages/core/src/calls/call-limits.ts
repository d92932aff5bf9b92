/**
 * The kind of a call, which decides how long it may stay unanswered:
 *
 * - `control`: a short request with a short answer (invoke an event, DynamoDB, HEAD, list, send a message).
 * - `stream`: a body of any length (GET, PUT of an upload part). Bytes must keep moving; see {@link IdleLimit}.
 * - `long-poll`: a receive that waits for messages.
 * - `long-operation`: the service works before it answers (a synchronous invoke, a server-side copy, the completion of a
 *   multipart upload, which "could take several minutes":
 *   https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html).
 */
export type CallKind = "control" | "stream" | "long-poll" | "long-operation";

/** The longest time for connecting, in milliseconds. */
export const CONNECT_MS = 2_000;

/** The longest time without an answer to a control call, in milliseconds. */
const CONTROL_MS = 5_000;

/** The longest time in which a stream may move no byte, in milliseconds. */
export const IDLE_MS = 10_000;

/** The time that an answer may take beyond the wait of a long poll, in milliseconds. */
const LONG_POLL_MARGIN_MS = 5_000;

/** One try gets at most this share of the time left, so that others fit, too. */
const SHARE_OF_BUDGET = 1 / 3;

/** One try gets at least so much, in milliseconds, if it is left: a new connection takes some of it. */
const LEAST_TRY_MS = 250;

/** The input of {@link callLimitMs}. */
export interface CallLimitFacts {
  /** Time the call may use in all, in milliseconds. `Infinity` if nothing bounds it. */
  readonly budgetMs: number;
  /** The wait that a long poll asks for, in milliseconds. Default 20,000, the most that SQS takes. */
  readonly waitMs?: number | undefined;
}

/**
 * The longest time that one try of a call may take, in milliseconds. Never the caller's whole time, except for a long
 * operation, which cannot be cut short. For a stream it is the time without a byte.
 */
export function callLimitMs(kind: CallKind, { budgetMs, waitMs = 20_000 }: CallLimitFacts): number {
  switch (kind) {
    case "control":
      return Math.min(CONTROL_MS, shareOf(budgetMs));
    case "stream":
      return Math.min(IDLE_MS, shareOf(budgetMs));
    case "long-poll":
      return Math.min(waitMs + LONG_POLL_MARGIN_MS, budgetMs);
    case "long-operation":
      return budgetMs;
  }
}

function shareOf(budgetMs: number): number {
  return Math.min(budgetMs, Math.max(LEAST_TRY_MS, budgetMs * SHARE_OF_BUDGET));
}
