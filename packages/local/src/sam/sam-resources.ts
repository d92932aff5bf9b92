import type { TemplateError } from "../cloudformation/deployment-error.ts";
import type { Json, JsonObject } from "../cloudformation/json.ts";

/** A resource of plain CloudFormation, as the transform writes it. */
export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly [attribute: string]: Json | undefined;
}

/** A resource of SAM that is being translated. */
export interface SamResource {
  readonly logicalId: string;
  readonly properties: JsonObject;
  /** The attributes that all resources made of it have too: `Condition` and what becomes of it when it is deleted. */
  readonly passed: Readonly<Record<string, Json>>;
  /** Its own attributes besides `Type` and `Properties`. */
  readonly attributes: Readonly<Record<string, Json>>;
  /** The template's own resources, which events change: a bucket gets notifications. */
  readonly others: Map<string, JsonObject>;
  /** Adds a resource to the result. */
  add(logicalId: string, resource: CloudFormationResource): void;
  /** The error that says what is wrong with a property. */
  refusal(path: string, problem: string): TemplateError;
}

/** `{ Ref: name }` */
export const ref = (name: string): JsonObject => ({ Ref: name });

/** `{ "Fn::GetAtt": [name, attribute] }` */
export const attributeOf = (name: string, attribute: string): JsonObject => ({ "Fn::GetAtt": [name, attribute] });

/** The entries that have a value. */
export function present(entries: Readonly<Record<string, Json | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).filter((entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null),
  );
}

/** The entries of those names that have a value. */
export function picked(from: JsonObject, names: readonly string[]): JsonObject {
  return present(Object.fromEntries(names.map((name) => [name, from[name]])));
}

/** Tags as CloudFormation lists them. */
export function tagList(tags: Json | undefined): readonly JsonObject[] {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return [];
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
