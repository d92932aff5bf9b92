import { TemplateError } from "./deployment-error.ts";
import { evaluateCondition, type Scope } from "./intrinsics.ts";
import { isJsonObject, type Json } from "./json.ts";
import { stackId } from "./physical-name.ts";
import type { CreatedResource } from "./resources/resource.ts";
import type { Template, TemplateParameter } from "./template.ts";

/** The values of a stack's names, as far as it is deployed. */
export interface StackScopeOptions {
  readonly stack: string;
  readonly template: Template;
  readonly region: string;
  readonly accountId: string;
  /** Values given for parameters; the rest take their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Grows while the stack is deployed. */
  readonly created: ReadonlyMap<string, CreatedResource>;
  /** Exports of the stacks deployed so far. */
  readonly exports: ReadonlyMap<string, Json>;
}

/** @throws {TemplateError} from its methods, for a parameter without a value or conditions that need each other. */
export function createStackScope(options: StackScopeOptions): Scope {
  const { stack, template, region, accountId, created } = options;
  const pseudo: Readonly<Record<string, Json>> = {
    "AWS::AccountId": accountId,
    "AWS::NotificationARNs": [],
    "AWS::Partition": "aws",
    "AWS::Region": region,
    "AWS::StackId": stackId(region, accountId, stack),
    "AWS::StackName": stack,
    "AWS::URLSuffix": "amazonaws.com",
  };
  const conditions = new Map<string, boolean | "under way">();

  const scope: Scope = {
    ref(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = template.parameters.get(name);
      if (parameter) return parameterValue(stack, name, parameter, options.parameters[name]);
      return created.get(name)?.ref;
    },
    attribute(logicalId, name) {
      const resource = created.get(logicalId);
      return resource?.attributes?.[name] ?? (resource?.isSkipped ? `${resource.ref}.${name}` : undefined);
    },
    condition(name) {
      const known = conditions.get(name);
      const path = `${stack}.Conditions.${name}`;
      if (known === "under way") throw new TemplateError(path, "this condition depends on itself.");
      if (known !== undefined) return known;
      const expression = template.conditions[name];
      if (expression === undefined) return undefined;
      conditions.set(name, "under way");
      const value = evaluateCondition(expression, scope, path);
      conditions.set(name, value);
      return value;
    },
    mapping(map, first, second) {
      const level = template.mappings[map];
      const inner = isJsonObject(level) ? level[first] : undefined;
      return isJsonObject(inner) ? inner[second] : undefined;
    },
    importValue: (name) => options.exports.get(name),
  };
  return scope;
}

function parameterValue(stack: string, name: string, parameter: TemplateParameter, given: string | undefined): Json {
  const path = `${stack}.Parameters.${name}`;
  if (parameter.type.startsWith("AWS::SSM::Parameter::")) {
    // The default is the name of a parameter in SSM. CDK's bootstrap version is the only one that templates merely assert.
    if (name === "BootstrapVersion") return "30";
    throw new TemplateError(path, `parameters of type ${parameter.type} are not supported.`);
  }
  const value = given ?? parameter.defaultValue;
  if (value === undefined)
    throw new TemplateError(path, "this parameter has no default; pass it with parameters, or --parameter NAME=VALUE.");
  const isList = parameter.type === "CommaDelimitedList" || parameter.type.startsWith("List<");
  const items = isList
    ? String(value)
        .split(",")
        .map((item) => item.trim())
    : [String(value)];
  const broken = items.map((item) => brokenConstraint(item, parameter)).find((problem) => problem !== undefined);
  if (broken !== undefined) throw new TemplateError(path, broken);
  return isList ? items : value;
}

function brokenConstraint(value: string, { type, constraints }: TemplateParameter): string | undefined {
  const { allowedValues, allowedPattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = constraints;
  const { minValue = Number.NEGATIVE_INFINITY, maxValue = Number.POSITIVE_INFINITY } = constraints;
  const shown = JSON.stringify(value.slice(0, 100));
  const isNumber = type === "Number" || type === "List<Number>";
  if (isNumber && (value === "" || !Number.isFinite(Number(value)))) return `${shown} is no number.`;
  if (isNumber && !(Number(value) >= minValue && Number(value) <= maxValue)) {
    return `${shown} must be from ${minValue} to ${maxValue}.`;
  }
  if (allowedValues && !allowedValues.includes(value)) return `${shown} must be one of ${allowedValues.join(", ")}.`;
  if (allowedPattern !== undefined && !new RegExp(`^(?:${allowedPattern})$`).test(value)) {
    return `${shown} must match ${allowedPattern}.`;
  }
  if (value.length < minLength || value.length > maxLength) {
    return `${shown} must have ${minLength} to ${maxLength} characters.`;
  }
  return undefined;
}
