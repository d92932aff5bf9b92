import type { ResourceAddress } from "./deployment-error.ts";
import type { DeploymentServices, FunctionOverride } from "./resources/resource.ts";

/** A step of a deployment. */
export interface DeploymentProgress extends ResourceAddress {
  /** `ignored`: it describes the template, is the helper of a custom resource that is done natively, or is to be skipped. */
  readonly status: "created" | "ignored";
  readonly physicalId: string | undefined;
}

/** How an assembly is deployed. */
export interface DeployOptions {
  /** Values for template parameters without a default, for all stacks. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Names of the stacks to deploy. Default: all. */
  readonly stacks?: readonly string[];
  /**
   * Types of resources that are left out on purpose, such as `AWS::ApiGateway::*`. What refers to one gets a name that was
   * made up, and an output that refers to one is left out too. Default: none.
   */
  readonly skip?: readonly string[];
  /** Changes to functions by logical id, or `*` for all. */
  readonly functionOverrides?: Readonly<Record<string, FunctionOverride>>;
  /** Where modules of the SDK are looked for first that functions load and do not bring. Default: where the assembly is. */
  readonly projectDirectory?: string;
  readonly onProgress?: (progress: DeploymentProgress) => void;
}

/** The result of a deployment. Names are physical. */
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
  /** Resources that have an ARN. */
  readonly resources: readonly DeployedResource[];
}

/** A resource of a {@link DeployedStack}. */
export interface DeployedResource {
  readonly logicalId: string;
  /** Such as `AWS::S3::Bucket`. */
  readonly type: string;
  readonly arn: string;
}

/** Options of a deployer. */
export interface DeployerOptions {
  readonly services: DeploymentServices;
  readonly region: string;
  readonly accountId: string;
  /** Where code from zip files and templates is unpacked. */
  readonly scratch: string;
}
