import { unservedInputs } from "../gateway/inputs.ts";
import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { AssemblyStack } from "./assembly.ts";
import type { AssetCode } from "./asset-code.ts";
import {
  InvalidPropertyError,
  type ResourceAddress,
  ResourceFailedError,
  TemplateError,
  UnsupportedPropertyError,
  UnsupportedResourceError,
} from "./deployment-error.ts";
import { intrinsicIn, resolve, type Scope } from "./intrinsics.ts";
import { isJsonObject, type Json, type JsonObject } from "./json.ts";
import { resourceProperties } from "./resources/properties.ts";
import { valueChecks } from "./resources/value-checks.ts";
import type { TemplateResource } from "./template.ts";

/** A placeholder for a value that is known only when its resource is made. No template can hold it. */
const UNKNOWN = "\u0000";

/** Where a stack is going to be deployed. */
export interface StackPlace {
  readonly region: string;
  readonly accountId: string;
  /** Names of what other stacks export. */
  readonly exportNames: ReadonlySet<string>;
  readonly assets: AssetCode;
}

/**
 * Everything in a stack that cannot be deployed, as far as it can be told before anything is made.
 *
 * @param resources - those that are to be made, in order.
 * @param scope - parameters, conditions and mappings.
 */
export function problemsOf(
  { name: stack, template }: AssemblyStack,
  resources: readonly (TemplateResource & { readonly isPassedOver: boolean })[],
  scope: Scope,
  place: StackPlace,
): readonly LocalAwsError[] {
  const problems: LocalAwsError[] = [...template.problems];
  const lenient = lenientScope(scope, new Set(template.resources.keys()), place.exportNames);
  for (const { logicalId, type, properties, isPassedOver } of resources) {
    if (isPassedOver) continue;
    const address = { stack, logicalId, type };
    const inputs = Object.hasOwn(resourceProperties, type) ? resourceProperties[type] : undefined;
    if (inputs === undefined) {
      problems.push(new UnsupportedResourceError(address));
      continue;
    }
    const values = lenient.resolve(properties, `${stack}.Resources.${logicalId}.Properties`, problems);
    if (!isJsonObject(values)) continue;
    for (const { path, value, accepted } of unservedInputs(inputs, values)) {
      if (value?.includes(UNKNOWN)) continue;
      problems.push(new UnsupportedPropertyError(address, path, reasonOf(value, accepted)));
    }
    problems.push(...codeProblems(address, values, place), ...valueProblems(address, values, place));
  }
  for (const [name, output] of template.outputs) {
    lenient.resolve(output.value, `${stack}.Outputs.${name}`, problems);
  }
  return problems;
}

function reasonOf(value: string | undefined, accepted: readonly string[]): string | undefined {
  return value === undefined ? undefined : `${value}; ${accepted.join(" and ")} ${accepted.length > 1 ? "are" : "is"}`;
}

/** Properties that name code. */
const CODE: Readonly<Record<string, string>> = {
  "AWS::Lambda::Function": "Code",
  "AWS::Lambda::LayerVersion": "Content",
};

/** Code that is in no asset. */
function codeProblems(address: ResourceAddress, values: JsonObject, { assets }: StackPlace): readonly LocalAwsError[] {
  const property = CODE[address.type] ?? "";
  const code = values[property];
  const key = isJsonObject(code) ? code.S3Key : undefined;
  if (typeof key !== "string" || key.includes(UNKNOWN) || assets.has(key)) return [];
  return [new InvalidPropertyError(address, `${property}.S3Key`, `is ${key}, which is no asset. ${assets.remedy}`)];
}

function valueProblems(address: ResourceAddress, values: JsonObject, place: StackPlace): readonly LocalAwsError[] {
  const known = Object.entries(values).filter(([, value]) => !JSON.stringify(value).includes("\\u0000"));
  const checks = valueChecks[address.type] ?? [];
  return checks.flatMap((check) => {
    try {
      check(Object.fromEntries(known), { ...place, address });
      return [];
    } catch (error) {
      const isPlaced = error instanceof LocalAwsError && "resource" in error;
      return [isPlaced ? error : new ResourceFailedError(address, error)];
    }
  });
}

interface LenientScope {
  /** The value as far as it is known; what cannot be evaluated for another reason than that is told. */
  resolve(value: Json, path: string, problems: LocalAwsError[]): Json | undefined;
}

/** A scope in which every resource of the stack has whatever attribute it is asked for. */
function lenientScope(scope: Scope, logicalIds: ReadonlySet<string>, exportNames: ReadonlySet<string>): LenientScope {
  let isGuessed = false;
  const guess = (isKnown: boolean): string | undefined => {
    isGuessed ||= isKnown;
    return isKnown ? UNKNOWN : undefined;
  };
  const lenient: Scope = {
    ...scope,
    ref: (name) => scope.ref(name) ?? guess(logicalIds.has(name)),
    attribute: (logicalId) => guess(logicalIds.has(logicalId)),
    importValue: (name) => scope.importValue(name) ?? guess(name.includes(UNKNOWN) || exportNames.has(name)),
  };

  function evaluate(value: Json, path: string, problems: LocalAwsError[]): Json | undefined {
    if (Array.isArray(value)) {
      return value.flatMap((item, index) => evaluate(item, `${path}[${index}]`, problems) ?? []);
    }
    if (isJsonObject(value) && !intrinsicIn(value)) {
      const entries = Object.entries(value).map(([name, child]) => [
        name,
        evaluate(child, `${path}.${name}`, problems),
      ]);
      return Object.fromEntries(entries.filter(([, child]) => child !== undefined)) as JsonObject;
    }
    isGuessed = false;
    try {
      return resolve(value, lenient, path);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      if (!isGuessed) problems.push(error);
      return UNKNOWN;
    }
  }
  return { resolve: evaluate };
}
