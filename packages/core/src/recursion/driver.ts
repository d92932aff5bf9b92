import { call } from "../calls/call.ts";
import { type Retryable, retryable } from "../calls/retryable.ts";
import { HandOffError, LonghaulError } from "../errors.ts";
import type { Host } from "../host.ts";

/** One hand-off: the next hop's event on its way. */
export interface HandOffMessage {
  readonly run: string;
  /** The hop this event is for. */
  readonly hop: number;
  /** The event of the next hop. */
  readonly event: Record<string, unknown>;
  /** The same as JSON text, as it is to be sent. */
  readonly payload: string;
  /** ARN of the function that is to run it, with the alias or version it was invoked by. */
  readonly target: string;
  /** The tenant it is run for, where the function isolates tenants. */
  readonly tenantId?: string | undefined;
}

/** The channel a hand-off goes through. A new one is an object with these few members. */
export interface HandOffDriver {
  /** For messages and records, e.g. `lambda`. */
  readonly name: string;
  /** The largest payload the channel takes, in bytes. */
  readonly maxBytes: number;
  /**
   * Sends the event once and resolves when the channel has confirmed it; rejects otherwise. It is repeated by the caller,
   * who also aborts `signal` when it takes too long.
   */
  send(message: HandOffMessage, signal?: AbortSignal): Promise<void>;
  /**
   * Sends the event so that it arrives at a time to come, and not before; answers whether the channel can. Default: it cannot, and
   * the next sweep after that time sends it.
   */
  sendAt?(message: HandOffMessage, atMs: number, nowMs: number, signal?: AbortSignal): Promise<boolean>;
  /** URL of the queue that the events go through, if the channel is one. Whatever sends them by other means sends them there. */
  readonly queueUrl?: string;
  /** Loads what `send` needs, early and in the background, so that the first hand-off is quick. */
  prepare?(): Promise<void>;
  /** `true` if nothing is sent: the outcome carries the next event and the caller invokes again. */
  readonly returnsContinuation?: boolean;
  /**
   * Whether an invocation that fails brings its event to a dead letter of the platform, such as Lambda's on-failure
   * destination. A run that failed then fails its invocation, too; the platform's retries find that in its record, repeat
   * nothing and fail as well. Default `false`: the outcome says `failed`.
   */
  readonly hasDeadLetter?: boolean;
}

/** The largest event between two states of Step Functions, less 16 KiB for the rest of the outcome that carries it. */
const MAX_CALLER_BYTES = 262_144 - 16_384;

/**
 * The driver for a caller that invokes again itself, such as the state machine that `ContinueAsNew` of `@longhaul/cdk` makes:
 * the outcome of a hop that continues carries the next event as `continuation`. `maxBytes` is the largest such event; default:
 * 245,760, since Step Functions carries 256 KiB between states and the outcome needs room around the event.
 *
 * @example
 * ```ts
 * export const handler = recursive({ start, run, driver: callerDriver() });
 * // Choice state: $.status == "continued" -> invoke again with $.continuation
 * ```
 */
export function callerDriver(options: { readonly maxBytes?: number } = {}): HandOffDriver {
  // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
  const maxBytes = options.maxBytes ?? MAX_CALLER_BYTES;
  return { name: "caller", maxBytes, returnsContinuation: true, send: async () => {} };
}

/** The first try is made whatever time is left, and may take at least so much, in milliseconds. */
const FIRST_TRY_MS = 1_000;

/**
 * Sends a hand-off, again and again while time is left. A refusal that cannot change (bad request, missing permission) is
 * not tried again.
 *
 * @throws {@link HandOffError} when it could not be made.
 */
export async function sendWithRetry(
  driver: HandOffDriver,
  message: HandOffMessage,
  host: Host,
  remainingMs: () => number,
): Promise<void> {
  let attempts = 0;
  const send = (signal: AbortSignal): Promise<void> => {
    attempts++;
    return driver.send(message, signal);
  };
  try {
    await call(send, {
      name: `The hand-off through ${driver.name}`,
      kind: "control",
      budgetMs: () => (attempts === 0 ? Math.max(FIRST_TRY_MS, remainingMs()) : remainingMs()),
      retryable: isWorthAnotherTry,
      host,
    });
  } catch (error) {
    throw new HandOffError(driver.name, attempts, error);
  }
}

/**
 * Has a sleeper woken at its time, if the channel can do that. Whatever goes wrong here, a sweep wakes it.
 *
 * @throws what the channel answers last
 */
export async function sendAtWaking(
  driver: HandOffDriver,
  message: HandOffMessage,
  wakeAtMs: number,
  host: Host,
  remainingMs: () => number,
): Promise<void> {
  const { name, sendAt } = driver;
  if (!sendAt) return;
  const send = (signal: AbortSignal) => sendAt(message, wakeAtMs, host.now(), signal);
  await call(send, { name: `The waking through ${name}`, kind: "control", budgetMs: remainingMs, host });
}

/**
 * Whether a hand-off may be made yet. What only a driver knows (an error that is no service's) is tried again: a second
 * event is harmless, a lost one costs an attempt.
 */
function isWorthAnotherTry(error: unknown): Retryable | undefined {
  const why = retryable(error);
  if (why !== undefined || error instanceof LonghaulError) return why;
  const { $metadata } = Object(error) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === undefined ? "transient" : undefined;
}
