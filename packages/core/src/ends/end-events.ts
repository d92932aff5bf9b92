import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { call } from "../calls/call.ts";
import { sdkSettings } from "../calls/sdk-settings.ts";
import { EndEventError } from "../errors.ts";
import { systemHost } from "../host.ts";
import type { InvocationContext, RunEnd } from "../options.ts";
import { utf8Bytes } from "../state/json.ts";

/** The detail of an event. Its source is `longhaul`, its detail type `Run Ended`. */
export interface EndEventDetail {
  /** Id of the run. */
  readonly run: string;
  readonly status: "done" | "stopped" | "failed";
  /** Name of the function, without version or alias. */
  readonly functionName: string;
  /** Why, where the work did not end by itself. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** The result of the work, if it is done and the record has it, up to 128 KiB. */
  readonly result?: unknown;
}

/** Options of {@link endEvents}. */
export interface EndEventsOptions<Event, Result> {
  /** Name or ARN of the event bus. Default: the variable `LONGHAUL_EVENT_BUS`, which `RunEvents` sets, else `default`. */
  readonly busName?: string;
  /**
   * More fields of the detail. The parameters of the run are not among the fields unless you add them here: they may hold
   * what is nobody else's business.
   */
  readonly detail?: (end: RunEnd<Event, Result>) => Readonly<Record<string, unknown>>;
  /** A client of your own. Default: one made from the environment. */
  readonly client?: EventBridgeClient;
}

/** An event has room for 256 KiB, so a larger result is left out: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MAX_RESULT_BYTES = 128 * 1024;

/**
 * Puts an event on an EventBridge bus when a run is over, as `onEnd` of `recursive()`. It comes at least once, after the
 * record says that the run is over. The function's role needs `events:PutEvents` on the bus; `RunEvents` of `@longhaul/cdk`
 * grants it.
 *
 * @returns a function that throws {@link EndEventError} if the bus did not take the event; a sweep has it called again.
 *
 * @example `export const handler = recursive({ start, run, store, onEnd: endEvents() });`
 */
export function endEvents<Event = unknown, Result = unknown>(
  options: EndEventsOptions<Event, Result> = {},
): (end: RunEnd<Event, Result>, state: unknown, context: InvocationContext) => Promise<void> {
  const client = options.client ?? new EventBridgeClient(sdkSettings());
  return async (end, _, context) => {
    const EventBusName = options.busName ?? (process.env.LONGHAUL_EVENT_BUS || "default");
    const Detail = JSON.stringify({ ...detailOf(end, context), ...options.detail?.(end) });
    const entry = { EventBusName, Source: "longhaul", DetailType: "Run Ended", Detail };
    const { Entries: [answer] = [] } = await call(
      (abortSignal) => client.send(new PutEventsCommand({ Entries: [entry] }), { abortSignal }),
      {
        name: "EventBridge PutEvents",
        kind: "control",
        budgetMs: () => context.getRemainingTimeInMillis(),
        host: systemHost,
      },
    );
    if (answer?.ErrorCode !== undefined) {
      throw new EndEventError(end.run, EventBusName, `${answer.ErrorCode}: ${answer.ErrorMessage}`);
    }
  };
}

function detailOf<Event, Result>(
  { run, status, reason, result }: RunEnd<Event, Result>,
  { invokedFunctionArn }: InvocationContext,
): EndEventDetail {
  const hasRoom = result !== undefined && utf8Bytes(JSON.stringify(result)) <= MAX_RESULT_BYTES;
  return {
    run,
    status,
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME:QUALIFIER
    functionName: invokedFunctionArn.split(":")[6] ?? invokedFunctionArn,
    ...(reason && { reason: { code: reason.code, message: reason.message } }),
    ...(hasRoom && { result }),
  };
}
