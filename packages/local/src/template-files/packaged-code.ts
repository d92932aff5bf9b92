import { basename, join } from "node:path";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";

/** The template that the Serverless Framework and `osls` write, beside the zip files of its functions. */
export const PACKAGED_TEMPLATE = "cloudformation-template-update-stack.json";

/**
 * The zip files that a packaged template names as objects of the bucket to which they would be uploaded.
 *
 * @param directory - the folder of the template and of the files.
 * @returns their paths by the objects' keys.
 */
export function packagedCodeOf(template: JsonObject, directory: string): ReadonlyMap<string, string> {
  const resources = Object.values(objectOrEmpty(template.Resources));
  const keys = resources.flatMap((resource) => {
    const properties = isJsonObject(resource) ? resource.Properties : undefined;
    if (!isJsonObject(properties)) return [];
    return [keyIn(properties.Code), keyIn(properties.Content)];
  });
  return new Map(keys.flatMap((key) => (key === undefined ? [] : [[key, join(directory, basename(key))] as const])));
}

function keyIn(code: Json | undefined): string | undefined {
  const key = isJsonObject(code) ? code.S3Key : undefined;
  return typeof key === "string" ? key : undefined;
}
