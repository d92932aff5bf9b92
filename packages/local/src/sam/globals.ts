import { intrinsicIn } from "../cloudformation/intrinsics.ts";
import { isJsonObject, type Json, type JsonObject } from "../cloudformation/json.ts";

/**
 * Properties of a resource together with those of `Globals`: objects are merged, lists are joined with the global ones
 * first, and of other values the resource's own counts.
 *
 * @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
 */
export function withGlobals(globals: Json | undefined, type: string, own: JsonObject): JsonObject {
  const section = isJsonObject(globals) ? globals[type.replace("AWS::Serverless::", "")] : undefined;
  return isJsonObject(section) ? merged(section, own) : own;
}

function merged(global: JsonObject, own: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...global };
  for (const [name, value] of Object.entries(own)) {
    const before = global[name];
    if (isPlain(before) && isPlain(value)) result[name] = merged(before, value);
    else if (Array.isArray(before) && Array.isArray(value)) result[name] = [...before, ...value];
    else result[name] = value;
  }
  return result;
}

function isPlain(value: Json | undefined): value is JsonObject {
  return isJsonObject(value) && !intrinsicIn(value);
}
