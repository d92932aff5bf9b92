import { LocalAwsError } from "../gateway/local-aws-error.ts";
import type { AssemblyStack } from "./assembly.ts";
import type { AssetCode } from "./asset-code.ts";
import { dependencyOrder } from "./dependency-order.ts";
import type { DeployedStack, DeployerOptions, DeployOptions } from "./deployer.ts";
import {
  type ResourceAddress,
  ResourceFailedError,
  TemplateError,
  UnsupportedResourceError,
} from "./deployment-error.ts";
import { resolve, type Scope } from "./intrinsics.ts";
import { isJsonObject, type Json } from "./json.ts";
import { physicalName } from "./physical-name.ts";
import { PropertyReader } from "./property-reader.ts";
import { functionArn } from "./resources/function-resources.ts";
import type { CreatedResource, FunctionOverride } from "./resources/resource.ts";
import { ignoredTypes, nativeCustomTypes, resourceTypes } from "./resources/resource-types.ts";
import { createStackScope } from "./stack-scope.ts";
import type { TemplateResource } from "./template.ts";

/** What earlier deployments of this embedded AWS left. */
export type Memory = {
  readonly exports: Map<string, Json>;
  readonly created: Map<string, ReadonlyMap<string, CreatedResource>>;
};

/** A deployed stack with all that was made of it. */
export type StackResult = { readonly stack: DeployedStack; readonly created: ReadonlyMap<string, CreatedResource> };

/** Deploys one stack: every resource after those it needs. */
export async function deployStack(
  options: DeployerOptions,
  deployOptions: DeployOptions,
  { name: stack, template, parameters }: AssemblyStack,
  assets: AssetCode,
  memory: Memory,
): Promise<StackResult> {
  const { region, accountId } = options;
  const { exports } = memory;
  const previous = memory.created.get(stack);
  const created = new Map<string, CreatedResource>();
  const given = { ...parameters, ...deployOptions.parameters };
  const scope = createStackScope({ stack, template, region, accountId, parameters: given, created, exports });
  const isMade = ({ condition, logicalId }: TemplateResource) =>
    condition === undefined || conditionValue(scope, condition, `${stack}.Resources.${logicalId}.Condition`);
  const helpers = helperFunctions([...template.resources.values()]);
  const ordered = dependencyOrder(stack, template.resources, scope.condition).filter(isMade);

  // The whole stack is looked at before anything is made, so that a type not to be had leaves nothing half done.
  for (const { logicalId, type } of ordered) {
    if (!resourceTypes.has(type) && !ignoredTypes.has(type) && !helpers.has(logicalId)) {
      throw new UnsupportedResourceError({ stack, logicalId, type });
    }
  }
  for (const resource of ordered) {
    const { logicalId, type } = resource;
    const address = { stack, logicalId, type };
    const isHelper = helpers.has(logicalId);
    const result =
      isHelper || ignoredTypes.has(type)
        ? standIn(options, stack, logicalId)
        : await make(options, deployOptions, resource, { address, scope, assets, previous: previous?.get(logicalId) });
    created.set(logicalId, result);
    const isIgnored = isHelper || ignoredTypes.has(type);
    deployOptions.onProgress?.({ ...address, status: isIgnored ? "ignored" : "created", physicalId: result.ref });
  }

  const outputs: Record<string, string> = {};
  for (const [name, output] of template.outputs) {
    const path = `${stack}.Outputs.${name}`;
    if (output.condition !== undefined && !conditionValue(scope, output.condition, path)) continue;
    const value = resolve(output.value, scope, path);
    if (value === undefined) continue;
    outputs[name] = typeof value === "string" ? value : JSON.stringify(value);
    const exportName = output.exportName === undefined ? undefined : resolve(output.exportName, scope, path);
    if (typeof exportName === "string") exports.set(exportName, value);
  }
  memory.created.set(stack, new Map([...(previous ?? []), ...created]));
  const physicalIds = Object.fromEntries([...created].map(([logicalId, { ref }]) => [logicalId, ref]));
  return { stack: { name: stack, outputs, physicalIds }, created };
}

type Making = {
  readonly address: ResourceAddress;
  readonly scope: Scope;
  readonly assets: AssetCode;
  readonly previous: CreatedResource | undefined;
};

async function make(
  options: DeployerOptions,
  deployOptions: DeployOptions,
  resource: TemplateResource,
  { address, scope, assets, previous }: Making,
): Promise<CreatedResource> {
  const maker = resourceTypes.get(address.type);
  if (!maker) throw new UnsupportedResourceError(address);
  const path = `${address.stack}.Resources.${address.logicalId}.Properties`;
  const values = resolve(resource.properties, scope, path);
  const properties = new PropertyReader(address, isJsonObject(values) ? values : {});
  const overrides = deployOptions.functionOverrides ?? {};
  const context = {
    resource: address,
    region: options.region,
    accountId: options.accountId,
    services: options.services,
    assets,
    previous,
    overrideFor: (logicalId: string) => mergeOverrides(overrides["*"], overrides[logicalId]),
    name: (name: string | undefined, maxLength: number) =>
      name ?? physicalName(address.stack, address.logicalId, maxLength),
  };
  try {
    return await maker(context, properties);
  } catch (error) {
    throw error instanceof LocalAwsError ? error : new ResourceFailedError(address, error);
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
