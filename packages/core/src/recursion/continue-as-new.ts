import { type Host, systemHost } from "../host.ts";
import type { InvocationContext } from "../options.ts";
import { toJson } from "../state/json.ts";
import { type HandOffDriver, sendWithRetry } from "./driver.ts";
import { NO_STATS, openEvent } from "./envelope.ts";
import { composeEvent } from "./next-event.ts";
import type { Outcome } from "./outcome.ts";
import { defaultRunId } from "./run-id.ts";
import { tellingPart } from "./telling-part.ts";

/** Options of {@link continueAsNew}. */
export interface ContinueAsNewRequest {
  /** The event of this invocation. It is not changed. */
  readonly event: object;
  readonly context: InvocationContext;
  /** The state for the next invocation; any JSON. */
  readonly state: unknown;
  /** Key of the event under which the state travels. Default: none, it travels under `longhaul.state`. */
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
 * if (!budget.hasTimeForStep()) return continueAsNew({ event, context, stateKey: "position", state: position, driver });
 * ```
 */
export async function continueAsNew(request: ContinueAsNewRequest): Promise<Outcome<never> & { status: "continued" }> {
  const { context, state, stateKey, driver, host = systemHost } = request;
  toJson(state);
  const { base, envelope } = openEvent(request.event, stateKey);
  const { stateRef: _, ...carried } = envelope ?? {
    v: 1 as const,
    run: defaultRunId(base, context),
    hop: 0,
    startedAt: host.now(),
    stats: NO_STATS,
    stateRef: undefined,
  };
  const { run, hop } = carried;
  const next = await composeEvent({
    base,
    stateKey,
    state,
    envelope: { ...carried, hop: hop + 1 },
    codec: {},
    maxBytes: driver.maxBytes,
    channel: `the ${driver.name} driver`,
    isRecorded: false,
  });
  const { invokedFunctionArn: target, tenantId } = context;
  const message = { run, hop: hop + 1, target, tenantId, ...next };
  await sendWithRetry(driver, message, host, () => context.getRemainingTimeInMillis());
  return {
    status: "continued",
    run,
    hop,
    message: `to be continued from [${tellingPart(state)}]`,
    ...(driver.returnsContinuation && { continuation: next.event }),
  };
}
