import { DependencyCycleError, TemplateError } from "./deployment-error.ts";
import { intrinsicIn, substitutionsIn } from "./intrinsics.ts";
import { isJsonObject, type Json } from "./json.ts";
import type { TemplateResource } from "./template.ts";

/**
 * The order in which resources can be made: each after all it refers to or depends on, otherwise as written.
 *
 * @param condition - values of the conditions, so that a reference in a branch not taken counts for nothing.
 * @throws {DependencyCycleError} naming the circle.
 * @throws {TemplateError} if `DependsOn` names nothing in the template.
 */
export function dependencyOrder(
  stack: string,
  resources: ReadonlyMap<string, TemplateResource>,
  condition: (name: string) => boolean | undefined,
): readonly TemplateResource[] {
  const ordered: TemplateResource[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  function visit(resource: TemplateResource): void {
    const { logicalId } = resource;
    if (done.has(logicalId)) return;
    const start = path.indexOf(logicalId);
    if (start >= 0) throw new DependencyCycleError(stack, path.slice(start));
    path.push(logicalId);
    for (const id of dependenciesOf(stack, resource, resources, condition)) {
      const dependency = resources.get(id);
      if (dependency) visit(dependency);
    }
    path.pop();
    done.add(logicalId);
    ordered.push(resource);
  }

  for (const resource of resources.values()) visit(resource);
  return ordered;
}

function dependenciesOf(
  stack: string,
  resource: TemplateResource,
  resources: ReadonlyMap<string, TemplateResource>,
  condition: (name: string) => boolean | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const id of resource.dependsOn) {
    if (!resources.has(id)) {
      throw new TemplateError(`${stack}.Resources.${resource.logicalId}.DependsOn`, `there is no resource ${id}.`);
    }
    names.add(id);
  }
  collect(resource.properties, condition, names);
  return names;
}

/** All names a value refers to; parameters are among them. */
export function namesIn(value: Json, condition: (name: string) => boolean | undefined): ReadonlySet<string> {
  const names = new Set<string>();
  collect(value, condition, names);
  return names;
}

function collect(value: Json, condition: (name: string) => boolean | undefined, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, condition, names);
    return;
  }
  if (!isJsonObject(value)) return;
  const intrinsic = intrinsicIn(value);
  if (!intrinsic) {
    for (const child of Object.values(value)) collect(child, condition, names);
    return;
  }
  const [name, argument] = intrinsic;
  if (name === "Ref" && typeof argument === "string") names.add(argument);
  else if (name === "Fn::GetAtt") {
    const logicalId = Array.isArray(argument) ? argument[0] : argument;
    if (typeof logicalId === "string") names.add(logicalId.split(".", 1)[0]!);
  } else if (name === "Fn::If" && Array.isArray(argument)) {
    const branch = typeof argument[0] === "string" && condition(argument[0]) === false ? argument[2] : argument[1];
    if (branch !== undefined) collect(branch, condition, names);
  } else {
    if (name === "Fn::Sub") collectSubstitutions(argument, names);
    if (typeof argument === "object") collect(argument, condition, names);
  }
}

function collectSubstitutions(argument: Json, names: Set<string>): void {
  const text = Array.isArray(argument) ? argument[0] : argument;
  const own = Array.isArray(argument) && isJsonObject(argument[1]) ? argument[1] : {};
  if (typeof text !== "string") return;
  for (const { name } of substitutionsIn(text)) {
    if (name !== undefined && !Object.hasOwn(own, name)) names.add(name.split(".", 1)[0]!);
  }
}
