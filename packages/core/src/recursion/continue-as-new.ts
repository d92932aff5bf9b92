import { type Host, systemHost } from "../host.ts";
import type { InvocationContext } from "../options.ts";
import { toJson } from "../state/json.ts";
import { type HandOffDriver, sendWithRetry } from "./driver.ts";
import { NO_STATS, openEvent } from "./envelope.ts";
import { composeEvent } from "./next-event.ts";
import { excerpt, type Outcome } from "./outcome.ts";
import { runIdOf } from "./run-id.ts";

/** What {@link continueAsNew} needs. */
export interface ContinueAsNewRequest {
  /** The event of this invocation. It is not changed. */
  readonly event: object;
  readonly context: InvocationContext;
  /** What the next invocation needs; any JSON. */
  readonly state: unknown;
  /** Key of the event under which the state travels. Default `"state"`. */
  readonly stateKey?: string;
  readonly driver: HandOffDriver;
  readonly host?: Host;
}

/**
 * Hands the state to a fresh invocation of the same function: for those who write the loop themselves. Return its answer
 * at once; going on afterwards would do the work twice.
 *
 * @throws {@link StateError} if the state is not JSON, {@link StateTooLargeError} if the driver does not take it,
 * {@link HandOffError} if the hand-off could not be made; let it fail the invocation, so that the event is kept.
 *
 * @example
 * ```ts
 * if (!budget.hasTimeForStep()) return continueAsNew({ event, context, state: { position }, driver });
 * ```
 */
export async function continueAsNew(request: ContinueAsNewRequest): Promise<Outcome<never> & { status: "continued" }> {
  const { context, state, stateKey = "state", driver, host = systemHost } = request;
  const text = toJson(state);
  const { base, envelope } = openEvent(request.event, stateKey);
  const run = envelope?.run ?? runIdOf(base, context.awsRequestId, context.causeId);
  const hop = envelope?.hop ?? 0;
  const next = await composeEvent({
    base,
    stateKey,
    state,
    envelope: {
      ...(envelope ?? { v: 1, run, startedAt: host.now(), stats: NO_STATS }),
      hop: hop + 1,
    },
    codec: {},
    maxBytes: driver.maxBytes,
    channel: `the ${driver.name} driver`,
    isRecorded: false,
  });
  const message = { run, hop: hop + 1, target: context.invokedFunctionArn, ...next };
  await sendWithRetry(driver, message, host, () => context.getRemainingTimeInMillis());
  return {
    status: "continued",
    run,
    hop,
    message: `to be continued from [${excerpt(text)}]`,
    ...(driver.returnsContinuation && { continuation: next.event }),
  };
}
