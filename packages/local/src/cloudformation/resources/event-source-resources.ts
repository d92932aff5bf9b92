import type { EventSourceMapping } from "../../event-sources/event-source-mappings.ts";
import type { MappingSettings } from "../../event-sources/mapping-settings.ts";
import type { PropertyReader } from "../property-reader.ts";
import type { ResourceContext, ResourceMaker } from "./resource.ts";

/** `AWS::Lambda::EventSourceMapping` from a queue. */
export const eventSourceMapping: ResourceMaker = (context, properties) => {
  const eventSourceArn = properties.text("EventSourceArn");
  const settings = { ...readSettings(properties), functionName: properties.text("FunctionName") };
  properties.finish();
  const mapping = putMapping(context, eventSourceArn, settings);
  return { ref: mapping.uuid, attributes: { Id: mapping.uuid, EventSourceMappingArn: mapping.arn } };
};

/** Deployed again, a mapping is changed; with another queue it is replaced, as CloudFormation does. */
function putMapping(
  { services: { eventSources }, previous, undo }: ResourceContext,
  eventSourceArn: string,
  settings: MappingSettings & { readonly functionName: string },
): EventSourceMapping {
  const known = eventSources.list().find(({ uuid }) => uuid === previous?.ref);
  if (known?.eventSourceArn === eventSourceArn) return eventSources.update(known.uuid, settings);
  if (known) eventSources.delete(known.uuid);
  const mapping = eventSources.create(eventSourceArn, settings);
  undo(() => eventSources.delete(mapping.uuid));
  return mapping;
}

/** All settings, with defaults for those the template leaves out, so that a change takes back what was said before. */
function readSettings(properties: PropertyReader): MappingSettings {
  const responseTypes = properties.texts("FunctionResponseTypes");
  const filters = properties.nested("FilterCriteria")?.nestedList("Filters") ?? [];
  return {
    batchSize: properties.optionalNumber("BatchSize") ?? 10,
    maximumBatchingWindowSeconds: properties.optionalNumber("MaximumBatchingWindowInSeconds") ?? 0,
    isEnabled: properties.optionalBoolean("Enabled") ?? true,
    reportsBatchItemFailures: responseTypes.length > 0,
    filterPatterns: filters.map((filter) => filter.text("Pattern")),
    maximumConcurrency: properties.nested("ScalingConfig")?.optionalNumber("MaximumConcurrency") ?? null,
  };
}
