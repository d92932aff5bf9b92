import { LocalAwsError } from "../gateway/local-aws-error.ts";
import { type AssemblyStack, readAssembly } from "./assembly.ts";
import { type AssetCode, createAssetCode } from "./asset-code.ts";
import { dependencyOrder } from "./dependency-order.ts";
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
import type { CreatedResource, DeploymentServices, FunctionOverride } from "./resources/resource.ts";
import { ignoredTypes, nativeCustomTypes, resourceTypes } from "./resources/resource-types.ts";
import { createStackScope } from "./stack-scope.ts";
import type { TemplateResource } from "./template.ts";

/** What a deployment tells while it goes on. */
export interface DeploymentProgress extends ResourceAddress {
  /** `ignored`: it describes the template, or is the helper of a custom resource that is done natively. */
  readonly status: "created" | "ignored";
  readonly physicalId: string | undefined;
}

/** How an assembly is deployed. */
export interface DeployOptions {
  /** Values for template parameters without a default, for all stacks. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Names of the stacks to deploy. Default: all. */
  readonly stacks?: readonly string[];
  /** Changes to functions by logical id, or `*` for all. */
  readonly functionOverrides?: Readonly<Record<string, FunctionOverride>>;
  readonly onProgress?: (progress: DeploymentProgress) => void;
}

/** What was deployed. Names are physical. */
export interface Deployment {
  readonly stacks: readonly DeployedStack[];
  /** Outputs of all stacks; a name that two stacks use holds the later one's value. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly functions: readonly string[];
  readonly buckets: readonly string[];
  readonly tables: readonly string[];
  /** Names, not URLs. */
  readonly queues: readonly string[];
}

/** One stack of a {@link Deployment}. */
export interface DeployedStack {
  readonly name: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Logical id to physical id (what `Ref` gives). */
  readonly physicalIds: Readonly<Record<string, string>>;
}

/** Deploys cloud assemblies. */
export interface Deployer {
  /**
   * Deploys what `cdk synth` wrote. Deploying again updates functions, keeps data and adds what is new; nothing is removed.
   *
   * @throws {UnsupportedResourceError | UnsupportedPropertyError | InvalidPropertyError | TemplateError |
   * DependencyCycleError | ResourceFailedError | AssemblyError}
   */
  deploy(assemblyDirectory: string, options?: DeployOptions): Promise<Deployment>;
}

/** What the deployer needs. */
export interface DeployerOptions {
  readonly services: DeploymentServices;
  readonly region: string;
  readonly accountId: string;
  /** Where code from zip files and templates is unpacked. */
  readonly scratch: string;
}

export function createDeployer(options: DeployerOptions): Deployer {
  const memory: Memory = { exports: new Map(), created: new Map() };
  return {
    async deploy(assemblyDirectory, deployOptions = {}) {
      const assembly = await readAssembly(assemblyDirectory);
      const wanted = deployOptions.stacks;
      const missing = wanted?.find((name) => !assembly.stacks.some((stack) => stack.name === name));
      if (missing !== undefined) throw new TemplateError(assemblyDirectory, `there is no stack ${missing} in it.`);
      const stacks = assembly.stacks.filter(({ name }) => wanted?.includes(name) ?? true);
      const assets = createAssetCode(assembly.assetPaths, options.scratch);
      const deployed: StackResult[] = [];
      for (const stack of stacks) deployed.push(await deployStack(options, deployOptions, stack, assets, memory));
      const listed = (kind: NonNullable<CreatedResource["listed"]>["as"]) =>
        deployed.flatMap(({ created }) =>
          [...created.values()].flatMap(({ listed: entry }) => (entry?.as === kind ? [entry.name] : [])),
        );
      return {
        stacks: deployed.map(({ stack }) => stack),
        outputs: Object.assign({}, ...deployed.map(({ stack }) => stack.outputs)) as Record<string, string>,
        functions: listed("functions"),
        buckets: listed("buckets"),
        tables: listed("tables"),
        queues: listed("queues"),
      };
    },
  };
}

/** What earlier deployments of this embedded AWS left. */
type Memory = {
  readonly exports: Map<string, Json>;
  readonly created: Map<string, ReadonlyMap<string, CreatedResource>>;
};
type StackResult = { readonly stack: DeployedStack; readonly created: ReadonlyMap<string, CreatedResource> };

async function deployStack(
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
