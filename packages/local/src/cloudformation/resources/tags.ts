import type { PropertyReader } from "../property-reader.ts";

/** The `Tags` of a resource, by key. */
export function readTags(properties: PropertyReader): Record<string, string> {
  return Object.fromEntries(
    properties.nestedList("Tags").map((tag) => [tag.text("Key"), tag.optionalText("Value") ?? ""]),
  );
}
