import { DEFAULT_BUS } from "../event-bus.ts";
import { eventsErrors } from "../events-error.ts";
import { busArn, type EventsOperation } from "./operation.ts";
import { eventsFields } from "./request-fields.ts";

/** Makes an event bus. */
export const makeEventBus: EventsOperation = (context, input) => {
  const name = eventsFields.text(input, "Name");
  context.authorize("events:CreateEventBus", busArn(context, name));
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html
  if (!/^[.\-_A-Za-z0-9]{1,256}$/.test(name))
    throw eventsErrors.validation(`Event bus name ${name.slice(0, 100)} is not valid.`);
  if (context.events.buses.has(name)) throw eventsErrors.busExists(name);
  context.events.addBus(name);
  return { EventBusArn: busArn(context, name) };
};

/** Removes an event bus that has no rules. */
export const deleteEventBus: EventsOperation = (context, input) => {
  const name = eventsFields.text(input, "Name");
  context.authorize("events:DeleteEventBus", busArn(context, name));
  if (name === DEFAULT_BUS) throw eventsErrors.validation("Cannot delete event bus default.");
  if (context.events.rules().some(({ bus }) => bus === name)) {
    throw eventsErrors.validation(`Cannot delete event bus ${name} because it has rules.`);
  }
  context.events.removeBus(name);
  return {};
};

/** Tells the ARN of an event bus. */
export const describeEventBus: EventsOperation = (context, input) => {
  const name = eventsFields.optionalText(input, "Name") ?? DEFAULT_BUS;
  context.authorize("events:DescribeEventBus", busArn(context, name));
  if (!context.events.buses.has(name)) throw eventsErrors.noBus(name);
  return { Name: name, Arn: busArn(context, name) };
};

/** Lists the event buses, by their names. */
export const listEventBuses: EventsOperation = (context, input) => {
  context.authorize("events:ListEventBuses", "*");
  const prefix = eventsFields.optionalText(input, "NamePrefix") ?? "";
  const names = [...context.events.buses].filter((name) => name.startsWith(prefix)).sort();
  return { EventBuses: names.map((name) => ({ Name: name, Arn: busArn(context, name) })) };
};
