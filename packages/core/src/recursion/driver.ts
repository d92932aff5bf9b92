import { HandOffError, LonghaulError } from "../errors.ts";
import { type Host, sleep } from "../host.ts";

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
}

/** The channel a hand-off goes through. A new one is an object with these few members. */
export interface HandOffDriver {
  /** For messages and records, e.g. `lambda`. */
  readonly name: string;
  /** The largest payload the channel takes, in bytes. */
  readonly maxBytes: number;
  /** Sends the event and resolves when the channel has confirmed it; rejects otherwise. */
  send(message: HandOffMessage): Promise<void>;
  /** Loads what `send` needs, early and in the background, so that the first hand-off is quick. */
  prepare?(): Promise<void>;
  /** `true` if nothing is sent: the outcome carries the next event and the caller invokes again. */
  readonly returnsContinuation?: boolean;
}

/**
 * The driver for a caller that invokes again itself, such as a Step Functions state machine: the outcome of a hop that
 * continues carries the next event as `continuation`.
 *
 * @example
 * ```ts
 * export const handler = recursive({ start, run, driver: callerDriver() });
 * // Choice state: $.status == "continued" -> invoke again with $.continuation
 * ```
 */
export function callerDriver(options: { readonly maxBytes?: number } = {}): HandOffDriver {
  // Step Functions carries at most 256 KiB between states:
  // https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
  return { name: "caller", maxBytes: options.maxBytes ?? 262_144, returnsContinuation: true, send: async () => {} };
}

const FIRST_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/**
 * Sends a hand-off, trying again with growing, jittered delays while time is left. A refusal that cannot change
 * (bad request, missing permission) is not tried again.
 *
 * @throws {@link HandOffError} when it could not be made.
 */
export async function sendWithRetry(
  driver: HandOffDriver,
  message: HandOffMessage,
  host: Host,
  remainingMs: () => number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await driver.send(message);
    } catch (error) {
      const delayMs = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1)) * (0.5 + host.random() / 2);
      if (!isTransient(error) || remainingMs() < delayMs + FIRST_DELAY_MS)
        throw new HandOffError(driver.name, attempt, error);
      await sleep(host, delayMs);
    }
  }
}

/** Everything may pass except what the service says is the request's own fault, and what this library refuses. */
function isTransient(error: unknown): boolean {
  if (error instanceof LonghaulError) return false;
  const { $metadata, name, $retryable } = Object(error) as {
    $metadata?: { httpStatusCode?: number };
    name?: string;
    $retryable?: unknown;
  };
  const status = $metadata?.httpStatusCode ?? 0;
  if ($retryable !== undefined || status === 429 || status >= 500 || status < 400) return true;
  return /throttl|toomanyrequests|limitexceeded|timeout|slowdown/i.test(name ?? "");
}
