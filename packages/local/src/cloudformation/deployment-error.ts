import { LocalAwsError } from "../gateway/local-aws-error.ts";

/** Which resource of which stack an error is about. */
export interface ResourceAddress {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** A template uses a resource type the embedded AWS does not have. */
export class UnsupportedResourceError extends LocalAwsError {
  readonly resource: ResourceAddress;
  constructor(resource: ResourceAddress) {
    super(
      "UnsupportedResource",
      `${resource.stack}/${resource.logicalId}: the embedded AWS cannot deploy ${resource.type}. Leave it out on purpose (--skip ${resource.type}), or deploy to an account.`,
    );
    this.resource = resource;
  }
}

/** A resource sets a property the embedded AWS would have to ignore. It refuses instead of pretending. */
export class UnsupportedPropertyError extends LocalAwsError {
  readonly resource: ResourceAddress;
  /** Path of the property, e.g. `NotificationConfiguration.TopicConfigurations`. */
  readonly property: string;
  constructor(resource: ResourceAddress, property: string, reason?: string) {
    super(
      "UnsupportedProperty",
      `${resource.stack}/${resource.logicalId}: the embedded AWS does not support the property ${property} of ${resource.type}${reason === undefined ? ". Remove it" : ` (${reason.replace(/\.$/, "")}). Change or remove it`}, or deploy to an account.`,
    );
    this.resource = resource;
    this.property = property;
  }
}

/** A property is missing or has a value of the wrong kind. */
export class InvalidPropertyError extends LocalAwsError {
  readonly resource: ResourceAddress;
  readonly property: string;
  constructor(resource: ResourceAddress, property: string, reason: string) {
    super(
      "InvalidProperty",
      `${resource.stack}/${resource.logicalId} (${resource.type}): ${property} ${reason.replace(/\.$/, "")}.`,
    );
    this.resource = resource;
    this.property = property;
  }
}

/** A resource is fine as written and could not be made all the same; `cause` says why. */
export class ResourceFailedError extends LocalAwsError {
  readonly resource: ResourceAddress;
  constructor(resource: ResourceAddress, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      "ResourceFailed",
      `${resource.stack}/${resource.logicalId} (${resource.type}) could not be created: ${reason}`,
      { cause },
    );
    this.resource = resource;
  }
}

/** A template cannot be understood; `path` leads to the place. */
export class TemplateError extends LocalAwsError {
  readonly path: string;
  constructor(path: string, problem: string) {
    super("Template", `${path}: ${problem}`);
    this.path = path;
  }
}

/** Several things keep a cloud assembly from being deployed; nothing of it was made. */
export class DeploymentProblemsError extends LocalAwsError {
  /** Each of them, as it would be thrown alone. */
  readonly problems: readonly LocalAwsError[];
  constructor(problems: readonly LocalAwsError[]) {
    const lines = problems.map(({ message }) => `- ${message}`);
    super("DeploymentProblems", `${problems.length} things cannot be deployed:\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

/** Resources need each other in a circle, so that none can be the first. */
export class DependencyCycleError extends LocalAwsError {
  readonly cycle: readonly string[];
  constructor(stack: string, cycle: readonly string[]) {
    super(
      "DependencyCycle",
      `${stack}: resources depend on each other in a circle: ${[...cycle, cycle[0]].join(" -> ")}.`,
    );
    this.cycle = cycle;
  }
}

/** A directory is no cloud assembly as `cdk synth` writes it. */
export class AssemblyError extends LocalAwsError {
  constructor(message: string, options?: ErrorOptions) {
    super("Assembly", message, options);
  }
}
