import { readAssembly } from "./assembly.ts";
import { createAssetCode } from "./asset-code.ts";
import { type ResourceAddress, TemplateError } from "./deployment-error.ts";
import type { CreatedResource, DeploymentServices, FunctionOverride } from "./resources/resource.ts";
import { deployStack, type Memory, type StackResult } from "./stack-deployment.ts";

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
  /** Names, not ARNs. */
  readonly topics: readonly string[];
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

/** Creates a deployer; what it deployed it remembers, for later stacks and for deploying again. */
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
        topics: listed("topics"),
      };
    },
  };
}
