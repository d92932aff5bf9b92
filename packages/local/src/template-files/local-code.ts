import { resolve } from "node:path";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";

/** Code that a resource of a template takes from the machine. */
export interface LocalCode {
  readonly logicalId: string;
  /** The property that names it. */
  readonly property: string;
  /** A folder, a zip file, or another file. Absolute. */
  readonly path: string;
}

/** The properties that `aws cloudformation package` uploads, as far as the resources are served. */
const CODE_PROPERTIES: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "Code",
  "AWS::Lambda::LayerVersion": "Content",
  "AWS::Serverless::Function": "CodeUri",
  "AWS::Serverless::LayerVersion": "ContentUri",
};

/**
 * The code that a template takes from the machine: paths from the template's folder, and that folder itself where a function
 * names no code. A function of SAM takes it from `Globals` too.
 *
 * @see https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
 * @param directory - the template's folder.
 */
export function localCodeOf(template: JsonObject, directory: string): readonly LocalCode[] {
  const resources = objectOrEmpty(template.Resources);
  return Object.entries(resources).flatMap(([logicalId, resource]): readonly LocalCode[] => {
    if (!isJsonObject(resource) || typeof resource.Type !== "string") return [];
    const property = CODE_PROPERTIES[resource.Type];
    if (property === undefined) return [];
    const properties = objectOrEmpty(resource.Properties);
    const value = properties[property] ?? inherited(template, resource.Type, property, properties);
    if (typeof value !== "string" || /^(?:s3|https?):\/\//.test(value)) return [];
    return [{ logicalId, property, path: resolve(directory, value) }];
  });
}

/** The code of a resource that names none itself. */
function inherited(template: JsonObject, type: string, property: string, properties: JsonObject): Json | undefined {
  if (!type.endsWith("::Function")) return undefined;
  if (properties.InlineCode !== undefined || properties.ImageUri !== undefined) return undefined;
  const globals = isJsonObject(template.Globals) ? template.Globals.Function : undefined;
  return (type === "AWS::Serverless::Function" && isJsonObject(globals) ? globals[property] : undefined) ?? ".";
}

/**
 * The template with an object of a bucket in the place of each local code, as after its upload.
 *
 * @param keyOf - the object's key.
 */
export function withUploadedCode(
  template: JsonObject,
  codes: readonly LocalCode[],
  keyOf: (code: LocalCode) => string,
): JsonObject {
  const resources = { ...objectOrEmpty(template.Resources) };
  for (const code of codes) {
    const resource = resources[code.logicalId];
    if (!isJsonObject(resource)) continue;
    const properties = objectOrEmpty(resource.Properties);
    const isSam = code.property.endsWith("Uri");
    const [bucket, key] = ["local", keyOf(code)];
    const place: JsonObject = isSam ? { Bucket: bucket, Key: key } : { S3Bucket: bucket, S3Key: key };
    resources[code.logicalId] = { ...resource, Properties: { ...properties, [code.property]: place } };
  }
  return { ...template, Resources: resources };
}
