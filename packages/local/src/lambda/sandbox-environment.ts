import type { RoleCredentials } from "../gateway/credentials.ts";
import type { FunctionVersion } from "./function-registry.ts";
import { isPython, type LambdaRuntime } from "./runtimes.ts";

/** Where a sandbox finds its things. */
export interface SandboxDirectories {
  readonly task: string;
  readonly runtime: string;
  readonly home: string;
  /** `undefined` where the sandbox has `/tmp` for itself, as on AWS. */
  readonly tmp: string | undefined;
  /** The content of the function's layers: `/opt`, where that can be. `undefined`: it has none. */
  readonly layers: string | undefined;
}

/** The inputs of a sandbox's environment besides the function itself. */
export interface SandboxSurroundings {
  readonly region: string;
  readonly endpointUrl: string;
  readonly credentials: RoleCredentials;
  readonly directories: SandboxDirectories;
  readonly logStreamName: string;
  /** The only variable taken over from this process. */
  readonly path: string;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/packaging-layers.html: where runtimes look for what layers bring. */
function layerEnvironment(layers: string, runtime: LambdaRuntime): Readonly<Record<string, string>> {
  const libraries = { LD_LIBRARY_PATH: `${layers}/lib` };
  // Our client for Python adds the paths itself, behind the function's own code.
  if (isPython(runtime)) return { ...libraries, LONGHAUL_LAYERS: layers };
  const major = /\d+/.exec(runtime)?.[0] ?? "";
  return { ...libraries, NODE_PATH: `${layers}/nodejs/node${major}/node_modules:${layers}/nodejs/node_modules` };
}

/**
 * The whole environment of a sandbox, built from nothing: nothing of this process leaks into a function but `PATH`.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function sandboxEnvironment(
  version: FunctionVersion,
  surroundings: SandboxSurroundings,
): Readonly<Record<string, string>> {
  const { config } = version;
  const { task, runtime, home, tmp, layers } = surroundings.directories;
  return {
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    ...(layers !== undefined && layerEnvironment(layers, config.runtime)),
    ...config.environment,
    PATH: layers === undefined ? surroundings.path : `${layers}/bin:${surroundings.path}`,
    // The SDK looks for configuration files here; the developer's own must not be found.
    HOME: home,
    ...(tmp !== undefined && { TMPDIR: tmp }),
    LAMBDA_TASK_ROOT: task,
    LAMBDA_RUNTIME_DIR: runtime,
    _HANDLER: config.handler,
    AWS_REGION: surroundings.region,
    AWS_DEFAULT_REGION: surroundings.region,
    AWS_ENDPOINT_URL: surroundings.endpointUrl,
    AWS_ACCESS_KEY_ID: surroundings.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: surroundings.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: surroundings.credentials.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: surroundings.logStreamName,
    AWS_XRAY_CONTEXT_MISSING: "LOG_ERROR",
  };
}
