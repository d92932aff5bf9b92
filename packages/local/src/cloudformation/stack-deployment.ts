import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { AssemblyStack } from "./assembly.ts";
import type { AssetCode } from "./asset-code.ts";
import { problemsOf } from "./check-stack.ts";
import { dependencyOrder, namesIn } from "./dependency-order.ts";
import type { DeployedStack, DeployerOptions, DeployOptions } from "./deployment.ts";
import {
  type ResourceAddress,
  ResourceFailedError,
  TemplateError,
  UnsupportedResourceError,
} from "./deployment-error.ts";
import { resolve, type Scope } from "./intrinsics.ts";
import { isJsonObject, type Json, objectOrEmpty } from "./json.ts";
import { physicalName } from "./physical-name.ts";
import { PropertyReader } from "./property-reader.ts";
import { functionArn } from "./resources/function-resources.ts";
import { resourceProperties } from "./resources/properties.ts";
import type { CreatedResource, FunctionOverride, ResourceContext } from "./resources/resource.ts";
import { ignoredTypes, nativeCustomTypes, resourceTypes } from "./resources/resource-types.ts";
import { skips } from "./skipped-types.ts";
import { createStackScope } from "./stack-scope.ts";
import type { TemplateResource } from "./template.ts";

/** The results of earlier deployments to this embedded AWS. */
export type Memory = {
  readonly exports: ReadonlyMap<string, Json>;
  readonly created: ReadonlyMap<string, ReadonlyMap<string, CreatedResource>>;
};

/** A deployed stack with all that was made of it. */
export type StackResult = {
  readonly stack: DeployedStack;
  readonly created: ReadonlyMap<string, CreatedResource>;
  readonly exports: ReadonlyMap<string, Json>;
};

/** A stack that is about to be deployed: its resources in order, and what its names stand for. */
export interface PlannedStack {
  /** Problems that keep it from being deployed, as far as they can be found beforehand. */
  readonly problems: readonly LocalAwsError[];
  /** Names that it is going to export, as far as they can be told. */
  readonly exportNames: readonly string[];
  /** Makes every resource after those it needs. */
  deploy(memory: Memory, undo: ResourceContext["undo"]): Promise<StackResult>;
}

/**
 * Looks at a whole stack before anything is made.
 *
 * @param exportNames - what other stacks export, or are going to.
 * @throws {TemplateError | DependencyCycleError} if it cannot even be looked at.
 */
export function planStack(
  options: DeployerOptions,
  deployOptions: DeployOptions,
  stack: AssemblyStack,
  assets: AssetCode,
  exportNames: ReadonlySet<string>,
): PlannedStack {
  const { name, template, parameters } = stack;
  const { region, accountId } = options;
  const given = { ...parameters, ...deployOptions.parameters };
  const scopeWith = (created: ReadonlyMap<string, CreatedResource>, exports: Memory["exports"]) =>
    createStackScope({ stack: name, template, region, accountId, parameters: given, created, exports });
  const scope = scopeWith(new Map(), new Map());
  const isMade = ({ condition, logicalId }: TemplateResource) =>
    condition === undefined || conditionValue(scope, condition, `${name}.Resources.${logicalId}.Condition`);
  const helpers = helperFunctions([...template.resources.values()]);
  const isSkipped = skips(deployOptions.skip ?? []);
  const ordered = dependencyOrder(name, template.resources, scope.condition)
    .filter(isMade)
    .map((resource) => ({
      ...resource,
      isPassedOver: helpers.has(resource.logicalId) || ignoredTypes.has(resource.type) || isSkipped(resource.type),
    }));

  return {
    problems: problemsOf(stack, ordered, scope, { region, accountId, exportNames, assets }),
    exportNames: exportNamesOf(stack, scope),
    async deploy(memory, undo) {
      const created = new Map<string, CreatedResource>();
      const making = { scope: scopeWith(created, memory.exports), assets, undo };
      const previous = memory.created.get(name);
      for (const resource of ordered) {
        const { logicalId, type, isPassedOver } = resource;
        const address = { stack: name, logicalId, type };
        const result = isPassedOver
          ? { ...standIn(options, name, logicalId), isSkipped: isSkipped(type) }
          : await make(options, deployOptions, resource, { ...making, address, previous: previous?.get(logicalId) });
        created.set(logicalId, result);
        const status = isPassedOver ? "ignored" : "created";
        deployOptions.onProgress?.({ ...address, status, physicalId: result.ref });
      }
      const { outputs, exports } = outputsOf(stack, making.scope, created);
      const physicalIds = Object.fromEntries([...created].map(([logicalId, { ref }]) => [logicalId, ref]));
      const resources = ordered.flatMap(({ logicalId, type }) => {
        const arn = arnOf(created.get(logicalId));
        return arn === undefined ? [] : [{ logicalId, type, arn }];
      });
      return {
        stack: { name, outputs, physicalIds, resources },
        created: new Map([...(previous ?? []), ...created]),
        exports,
      };
    },
  };
}

function arnOf(created: CreatedResource | undefined): string | undefined {
  return created?.attributes?.Arn ?? (created?.ref.startsWith("arn:") ? created.ref : undefined);
}

function outputsOf(
  { name: stack, template }: AssemblyStack,
  scope: Scope,
  created: ReadonlyMap<string, CreatedResource>,
): { readonly outputs: Record<string, string>; readonly exports: ReadonlyMap<string, Json> } {
  const outputs: Record<string, string> = {};
  const exports = new Map<string, Json>();
  for (const [name, output] of template.outputs) {
    const path = `${stack}.Outputs.${name}`;
    if (output.condition !== undefined && !conditionValue(scope, output.condition, path)) continue;
    if ([...namesIn(output.value, scope.condition)].some((each) => created.get(each)?.isSkipped)) continue;
    const value = resolve(output.value, scope, path);
    if (value === undefined) continue;
    outputs[name] = typeof value === "string" ? value : JSON.stringify(value);
    const exportName = output.exportName === undefined ? undefined : resolve(output.exportName, scope, path);
    if (typeof exportName === "string") exports.set(exportName, value);
  }
  return { outputs, exports };
}

/** Names of exports are made from parameters, and never from resources. */
function exportNamesOf({ name: stack, template }: AssemblyStack, scope: Scope): readonly string[] {
  return [...template.outputs.values()].flatMap(({ exportName }) => {
    if (exportName === undefined) return [];
    const name = resolve(exportName, scope, `${stack}.Outputs`);
    return typeof name === "string" ? [name] : [];
  });
}

type Making = {
  readonly address: ResourceAddress;
  readonly scope: Scope;
  readonly assets: AssetCode;
  readonly previous: CreatedResource | undefined;
  readonly undo: ResourceContext["undo"];
};

async function make(
  options: DeployerOptions,
  deployOptions: DeployOptions,
  resource: TemplateResource,
  { address, scope, assets, previous, undo }: Making,
): Promise<CreatedResource> {
  const maker = resourceTypes.get(address.type);
  if (!maker) throw new UnsupportedResourceError(address);
  const path = `${address.stack}.Resources.${address.logicalId}.Properties`;
  const values = resolve(resource.properties, scope, path);
  const inputs = resourceProperties[address.type] ?? {};
  const properties = new PropertyReader(address, objectOrEmpty(values), inputs);
  const overrides = deployOptions.functionOverrides ?? {};
  const context: ResourceContext = {
    resource: address,
    region: options.region,
    accountId: options.accountId,
    services: options.services,
    assets,
    previous,
    undo,
    overrideFor: (logicalId: string) => mergeOverrides(overrides["*"], overrides[logicalId]),
    name: (name: string | undefined, maxLength: number) =>
      name ?? physicalName(address.stack, address.logicalId, maxLength),
  };
  try {
    return await maker(context, properties);
  } catch (error) {
    // Errors of a deployment name their resource already; those of services do not.
    throw error instanceof LocalAwsError && "resource" in error ? error : new ResourceFailedError(address, error);
  }
}

function mergeOverrides(all: FunctionOverride | undefined, one: FunctionOverride | undefined): FunctionOverride {
  return { ...all, ...one, environment: { ...all?.environment, ...one?.environment } };
}

/** Functions that only serve custom resources which are done natively. */
function helperFunctions(resources: readonly TemplateResource[]): ReadonlySet<string> {
  const helpers = new Set<string>();
  for (const { type, properties } of resources) {
    const token = properties.ServiceToken;
    if (!nativeCustomTypes.has(type) || !isJsonObject(token)) continue;
    const target = token["Fn::GetAtt"];
    const logicalId = Array.isArray(target) ? target[0] : typeof target === "string" ? target.split(".")[0] : undefined;
    if (typeof logicalId === "string") helpers.add(logicalId);
  }
  return helpers;
}

function standIn(options: DeployerOptions, stack: string, logicalId: string): CreatedResource {
  const name = physicalName(stack, logicalId, 64);
  return { ref: name, attributes: { Arn: functionArn(options, name) } };
}

function conditionValue(scope: Scope, name: string, path: string): boolean {
  const value = scope.condition(name);
  if (value === undefined) throw new TemplateError(path, `there is no condition ${name}.`);
  return value;
}
