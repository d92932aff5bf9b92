import { DELIVERED_TO, isDeliverable } from "../../events/delivery-action.ts";
import { busName, DEFAULT_BUS, type EventRule, type RuleTarget } from "../../events/event-bus.ts";
import { busArn, ruleArn } from "../../events/operations/operation.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceContext, ResourceMaker } from "./resource.ts";

/** `AWS::Events::EventBus` */
export const eventBus: ResourceMaker = (context, properties) => {
  const name = properties.text("Name");
  properties.finish();
  const { events } = context.services;
  if (!events.buses.has(name)) context.undo(() => events.removeBus(name));
  events.addBus(name);
  return { ref: name, attributes: { Arn: busArn(context, name), Name: name } };
};

/** `AWS::Events::Rule` */
export const eventsRule: ResourceMaker = (context, properties) => {
  const name = context.name(properties.optionalText("Name"), 64);
  const bus = busName(properties.optionalText("EventBusName") ?? DEFAULT_BUS);
  if (!context.services.events.buses.has(bus)) properties.invalid("EventBusName", `is ${bus}, which is no event bus`);
  const arn = ruleArn(context, bus, name);
  const pattern = properties.optionalObject("EventPattern");
  const schedule = properties.optionalText("ScheduleExpression");
  const targets = properties.nestedList("Targets").map(readRuleTarget);
  for (const [at, target] of targets.entries()) {
    if (isDeliverable(target.arn)) continue;
    properties.unsupported(`Targets[${at}].Arn`, `is ${target.arn}; events go to ${DELIVERED_TO} only`);
  }
  const rule: EventRule = {
    arn,
    bus,
    isEnabled: properties.optionalText("State") !== "DISABLED",
    targets,
    ...(pattern && { pattern }),
    ...(schedule !== undefined && { schedule }),
  };
  properties.finish();
  putRule(context, rule);
  return { ref: bus === DEFAULT_BUS ? name : `${bus}|${name}`, attributes: { Arn: arn } };
};

function putRule({ services: { events }, undo }: ResourceContext, rule: EventRule): void {
  const before = events.rules().find(({ arn }) => arn === rule.arn);
  events.putRule(rule);
  undo(() => (before ? events.putRule(before) : events.removeRule(rule.arn)));
}

function readRuleTarget(target: PropertyReader): RuleTarget {
  const inputPath = target.optionalText("InputPath");
  const transformer = target.nested("InputTransformer");
  return {
    ...readTarget(target),
    id: target.text("Id"),
    ...(inputPath !== undefined && { inputPath }),
    ...(transformer && {
      inputTransformer: {
        template: transformer.text("InputTemplate"),
        paths: textsOf(transformer, "InputPathsMap"),
      },
    }),
  };
}

function textsOf(properties: PropertyReader, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(properties.optionalObject(name) ?? {});
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      typeof value === "string" ? value : properties.invalid(`${name}.${key}`, "must be a text"),
    ]),
  );
}

function readTarget(target: PropertyReader): RuleTarget {
  const input = target.optionalText("Input");
  const deadLetterArn = target.nested("DeadLetterConfig")?.optionalText("Arn");
  return {
    arn: target.text("Arn"),
    ...(input !== undefined && { input }),
    ...(deadLetterArn !== undefined && { deadLetterArn }),
  };
}
