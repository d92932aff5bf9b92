import { TemplateError } from "../cloudformation/deployment-error.ts";
import { isJsonObject, type Json, type JsonObject, objectOrEmpty } from "../cloudformation/json.ts";
import { samFunction } from "./function.ts";
import { withGlobals } from "./globals.ts";
import type { CloudFormationResource, SamResource } from "./sam-resources.ts";
import { samLayerVersion, samSimpleTable } from "./table-and-layer.ts";

/** The name of SAM's transform. */
const TRANSFORM = "AWS::Serverless-2016-10-31";

/** Resources of SAM that are translated, by their type. */
const TRANSLATORS: Readonly<Record<string, (sam: SamResource) => void>> = {
  "AWS::Serverless::Function": samFunction,
  "AWS::Serverless::SimpleTable": samSimpleTable,
  "AWS::Serverless::LayerVersion": samLayerVersion,
};

/** A template of plain CloudFormation, and what could not be translated. */
export interface Translation {
  readonly template: JsonObject;
  readonly problems: readonly TemplateError[];
}

/**
 * Translates a SAM template to CloudFormation, as AWS's transform does. Resources of SAM that are not translated stay as they
 * are. A template without the transform is given back unchanged.
 *
 * @param name - of the stack, for messages.
 * @see https://github.com/aws/serverless-application-model
 */
export function translateSam(template: JsonObject, name: string): Translation {
  const transforms: readonly Json[] = Array.isArray(template.Transform)
    ? template.Transform
    : [template.Transform ?? ""];
  if (!transforms.includes(TRANSFORM)) return { template, problems: [] };
  const { Transform: _, Globals: globals, Resources: given, ...sections } = template;
  const rest = transforms.filter((each) => each !== TRANSFORM);
  const others = new Map<string, JsonObject>();
  const macros: [string, JsonObject][] = [];
  for (const [logicalId, resource] of Object.entries(objectOrEmpty(given))) {
    if (!isJsonObject(resource)) continue;
    if (Object.hasOwn(TRANSLATORS, String(resource.Type))) macros.push([logicalId, resource]);
    else others.set(logicalId, resource);
  }
  const problems: TemplateError[] = [];
  const added = new Map<string, CloudFormationResource>();
  for (const [logicalId, resource] of macros) {
    try {
      TRANSLATORS[String(resource.Type)]?.(
        samResource(name, logicalId, resource, globals, { others, add: (id, made) => void added.set(id, made) }),
      );
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      problems.push(error);
    }
  }
  const Resources = { ...Object.fromEntries(others), ...Object.fromEntries(added) } as JsonObject;
  const translated = { ...sections, ...(rest.length > 0 && { Transform: rest }), Resources };
  return { template: withReferences(translated, Resources) as JsonObject, problems };
}

const PASSED = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"];

function samResource(
  stack: string,
  logicalId: string,
  resource: JsonObject,
  globals: Json | undefined,
  result: Pick<SamResource, "others" | "add">,
): SamResource {
  const { Type: type, Properties: own = {}, ...attributes } = resource;
  return {
    ...result,
    logicalId,
    attributes,
    properties: withGlobals(globals, String(type), objectOrEmpty(own)),
    passed: Object.fromEntries(Object.entries(attributes).filter(([name]) => PASSED.includes(name))),
    refusal: (path, problem) => new TemplateError(`${stack}.Resources.${logicalId}.Properties.${path}`, problem),
  };
}

/** The resource that a name with a dot refers to: `Function.Alias`, `Function.Version`, and destinations that SAM makes. */
function referable(resources: JsonObject, name: string): string | undefined {
  const [logicalId, property] = name.split(".");
  const begins: Readonly<Record<string, RegExp>> = {
    Alias: /^Alias\w+$/,
    Version: /^Version\w{10}$/,
    DestinationTopic: /^EventInvokeConfigOn\w+Topic$/,
    DestinationQueue: /^EventInvokeConfigOn\w+Queue$/,
  };
  const pattern = property === undefined ? undefined : begins[property];
  if (logicalId === undefined || !pattern) return undefined;
  return Object.keys(resources).find((id) => id.startsWith(logicalId) && pattern.test(id.slice(logicalId.length)));
}

function withReferences(value: Json, resources: JsonObject): Json {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, resources));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, child]) => {
    const made = key === "Ref" && typeof child === "string" ? referable(resources, child) : undefined;
    return [key, made ?? withReferences(child, resources)];
  });
  return Object.fromEntries(entries) as JsonObject;
}
