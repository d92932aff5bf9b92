import type { Clock } from "../gateway/clock.ts";
import { checkFields, operationOf, writeJson, writeServiceError } from "../gateway/json-protocol.ts";
import { RequestTooLarge, readBody } from "../gateway/request-body.ts";
import { AccessDenied, type Service, type ServiceCall } from "../gateway/service.ts";
import type { EventBus } from "./event-bus.ts";
import { EventsError, eventsErrors } from "./events-error.ts";
import { eventsOperations } from "./operations/operations.ts";
import { eventsFields } from "./operations/request-fields.ts";

/** Options of the API of the event buses. */
export interface EventsApiOptions {
  readonly events: EventBus;
  readonly region: string;
  readonly accountId: string;
  readonly clock: Clock;
  /** Ids of events; UUIDs in AWS. */
  readonly newId: () => string;
  /** Told of an event that could not be handed on. */
  readonly onDeliveryError: (error: unknown, busArn: string) => void;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html, and room for what is around the events. */
const MAX_REQUEST_BYTES = 2 * 1024 * 1024;

/** The API of the event buses, behind the gateway. */
export function createEventsApi(options: EventsApiOptions): Service {
  return { handle: (call) => answer(options, call) };
}

async function answer(options: EventsApiOptions, call: ServiceCall): Promise<void> {
  const { events, region, accountId, newId, clock, onDeliveryError } = options;
  const { request, response, requestId, traceHeader } = call;
  // Sent after the answer, as in AWS: who puts an event does not wait for its targets.
  const published: (() => void)[] = [];
  try {
    const operation = operationOf(request, "EventBridge", eventsOperations, eventsErrors.unknownOperation);
    const input = eventsFields.parseFields((await readBody(request, MAX_REQUEST_BYTES)).toString());
    checkFields("EventBridge", operation, input, eventsErrors.validation);
    const result = operation.run(
      {
        ...{ events, region, accountId, newId, traceHeader, nowMs: clock.nowMs() },
        authorize: (action, arn) => call.authorize(action, arn),
        publish(event, header, bus) {
          published.push(() => {
            events.publish(event, header, bus).catch((error: unknown) => onDeliveryError(error, events.arn));
          });
        },
      },
      input,
    );
    writeJson(response, 200, result);
    for (const publish of published) publish();
  } catch (error) {
    const known = protocolError(error);
    writeServiceError(request, response, { ...errorForm, status: known.httpStatus, requestId }, known);
  }
}

const errorForm = {
  namespace: "com.amazonaws.events",
  queryNamespace: "http://events.amazonaws.com/doc/2015-10-07/",
} as const;

function protocolError(error: unknown): EventsError {
  if (error instanceof EventsError) return error;
  if (error instanceof AccessDenied) return eventsErrors.accessDenied(error.message);
  if (error instanceof RequestTooLarge) return eventsErrors.validation(error.message);
  throw error;
}
