import type { Fields } from "../../gateway/request-fields.ts";
import { busName, DEFAULT_BUS, type EventBus, type EventRule } from "../event-bus.ts";
import { eventsErrors } from "../events-error.ts";
import { eventsFields } from "./request-fields.ts";

/** The context of an operation. */
export interface EventsContext {
  readonly events: EventBus;
  readonly region: string;
  readonly accountId: string;
  readonly newId: () => string;
  readonly nowMs: number;
  /** Lineage of the caller, as its SDK sent it. */
  readonly traceHeader: string | undefined;
  /** Names the permission that is about to be used. */
  authorize(action: string, resourceArn: string): void;
  /** Hands an event on, after the answer. */
  publish(event: string, traceHeader: string | undefined, bus: string): void;
}

/** One operation of the EventBridge API. */
export type EventsOperation = (context: EventsContext, input: Fields) => Readonly<Record<string, unknown>>;

/** ARN of an event bus. */
export function busArn({ region, accountId }: Pick<EventsContext, "region" | "accountId">, name: string): string {
  return `arn:aws:events:${region}:${accountId}:event-bus/${name}`;
}

/** ARN of a rule, which names the bus unless that is the default one. */
export function ruleArn(
  { region, accountId }: Pick<EventsContext, "region" | "accountId">,
  bus: string,
  name: string,
): string {
  return `arn:aws:events:${region}:${accountId}:rule/${bus === DEFAULT_BUS ? "" : `${bus}/`}${name}`;
}

/** Name of the bus that a request names by name or ARN. Default: the default event bus. @throws if there is none. */
export function busOf({ events }: Pick<EventsContext, "events">, input: Fields): string {
  const given = eventsFields.optionalText(input, "EventBusName") ?? DEFAULT_BUS;
  const name = busName(given);
  if (!events.buses.has(name)) throw eventsErrors.noBus(name);
  return name;
}

/** The rule that a request names. @throws if there is none. */
export function namedRule(
  context: EventsContext,
  input: Fields,
  parameter: "Name" | "Rule",
  action: string,
): EventRule {
  const name = eventsFields.text(input, parameter);
  const bus = busOf(context, input);
  const arn = ruleArn(context, bus, name);
  context.authorize(`events:${action}`, arn);
  const rule = context.events.rules().find((each) => each.arn === arn);
  if (!rule) throw eventsErrors.noRule(name, bus);
  return rule;
}
