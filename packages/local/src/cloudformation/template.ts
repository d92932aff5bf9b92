import { TemplateError } from "./deployment-error.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";

/** A resource as a template declares it, its properties not yet resolved. */
export interface TemplateResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly dependsOn: readonly string[];
  /** Name of the condition it exists under. */
  readonly condition: string | undefined;
}

/** A parameter of a template. */
export interface TemplateParameter {
  readonly type: string;
  readonly defaultValue: Json | undefined;
  /** The constraints on its value, as the template words them. */
  readonly constraints: ParameterConstraints;
}

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
export interface ParameterConstraints {
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
}

/** An output of a template, not yet resolved. */
interface TemplateOutput {
  readonly value: Json;
  readonly exportName: Json | undefined;
  readonly condition: string | undefined;
}

/** A CloudFormation template, checked as far as the deployer reads it. */
export interface Template {
  readonly parameters: ReadonlyMap<string, TemplateParameter>;
  readonly mappings: JsonObject;
  readonly conditions: JsonObject;
  readonly resources: ReadonlyMap<string, TemplateResource>;
  readonly outputs: ReadonlyMap<string, TemplateOutput>;
  /** Its unsupported parts, besides resources and their properties. */
  readonly problems: readonly TemplateError[];
}

const knownSections = new Set([
  ...["AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Mappings", "Conditions"],
  ...["Resources", "Outputs", "Rules"],
]);

/** The attributes a resource may have besides type and properties; policies for updates and deletions do nothing here. */
const resourceFields = new Set([
  ...["Type", "Properties", "DependsOn", "Condition", "Metadata", "Description"],
  ...["DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy"],
]);

/**
 * Reads a template. `Rules` (CDK's check of the bootstrap version) are read past: they assert, they do not deploy.
 *
 * @throws {TemplateError} with the path of what is wrong.
 */
export function parseTemplate(source: Json, name: string): Template {
  const root = object(source, name);
  const resources = entries(root, name, "Resources", parseResource);
  return {
    parameters: entries(root, name, "Parameters", parseParameter),
    mappings: object(root.Mappings ?? {}, `${name}.Mappings`),
    conditions: object(root.Conditions ?? {}, `${name}.Conditions`),
    resources,
    outputs: entries(root, name, "Outputs", parseOutput),
    problems: [
      ...unknownIn(root, knownSections, name, "this section is not supported."),
      ...[...resources.keys()].flatMap((logicalId) => {
        const path = `${name}.Resources.${logicalId}`;
        return unknownIn(object(object(root.Resources ?? {}, name)[logicalId] ?? {}, path), resourceFields, path);
      }),
    ],
  };
}

function unknownIn(
  value: JsonObject,
  known: ReadonlySet<string>,
  path: string,
  problem = "this attribute of a resource is not supported.",
): readonly TemplateError[] {
  const unknown = Object.keys(value).filter((name) => !known.has(name));
  return unknown.map((name) => new TemplateError(`${path}.${name}`, problem));
}

function parseParameter(value: JsonObject, path: string): TemplateParameter {
  const number = (name: string) => (value[name] === undefined ? undefined : Number(value[name]));
  const { AllowedValues: allowed, AllowedPattern: pattern } = value;
  return {
    type: text(value.Type, `${path}.Type`),
    defaultValue: value.Default,
    constraints: {
      allowedValues: Array.isArray(allowed) ? allowed.map(String) : undefined,
      allowedPattern: pattern === undefined ? undefined : text(pattern, `${path}.AllowedPattern`),
      minLength: number("MinLength"),
      maxLength: number("MaxLength"),
      minValue: number("MinValue"),
      maxValue: number("MaxValue"),
    },
  };
}

function parseResource(value: JsonObject, path: string, logicalId: string): TemplateResource {
  const dependsOn = value.DependsOn ?? [];
  return {
    logicalId,
    type: text(value.Type, `${path}.Type`),
    properties: object(value.Properties ?? {}, `${path}.Properties`),
    dependsOn: (Array.isArray(dependsOn) ? dependsOn : [dependsOn]).map((id) => text(id, `${path}.DependsOn`)),
    condition: value.Condition === undefined ? undefined : text(value.Condition, `${path}.Condition`),
  };
}

function parseOutput(value: JsonObject, path: string): TemplateOutput {
  if (value.Value === undefined) throw new TemplateError(path, "an output needs a Value.");
  return {
    value: value.Value,
    exportName: isJsonObject(value.Export) ? value.Export.Name : undefined,
    condition: value.Condition === undefined ? undefined : text(value.Condition, `${path}.Condition`),
  };
}

function entries<T>(
  root: JsonObject,
  name: string,
  section: string,
  parse: (value: JsonObject, path: string, key: string) => T,
): ReadonlyMap<string, T> {
  const path = `${name}.${section}`;
  const values = object(root[section] ?? {}, path);
  return new Map(
    Object.entries(values).map(([key, value]) => [key, parse(object(value, `${path}.${key}`), `${path}.${key}`, key)]),
  );
}

function object(value: Json, path: string): JsonObject {
  if (!isJsonObject(value)) throw new TemplateError(path, "this must be an object.");
  return value;
}

function text(value: Json | undefined, path: string): string {
  if (typeof value !== "string") throw new TemplateError(path, "this must be a string.");
  return value;
}
