import { cp, mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileThatNamesTmp, makeReadOnly } from "./deployed-code.ts";
import {
  checkEventInvokeConfig,
  checkReservedConcurrency,
  type EventInvokeConfig,
  type FunctionConfig,
  type ResolvedFunctionConfig,
  resolveFunctionConfig,
} from "./function-config.ts";
import type { FunctionRecord, FunctionRegistry, FunctionVersion } from "./function-registry.ts";
import type { InstanceIsolation } from "./instance-isolation.ts";
import { functionNotFound, invalidParameter, LambdaError } from "./lambda-error.ts";
import type { Layers } from "./layers.ts";
import { type InvokePermission, permitsService } from "./permission.ts";
import type { PythonInterpreter } from "./python-interpreter.ts";
import type { RecursiveLoop } from "./recursive-loop.ts";
import { isPython, type PythonRuntime } from "./runtimes.ts";
import { findSdkDirectories } from "./sdk-modules.ts";

/** Deploying functions and changing what is set on them; the same operations the HTTP API offers, in process. */
export interface FunctionDeployment {
  /** Deploys a new function. @throws LambdaError for a name taken, a value refused, a missing code directory. */
  createFunction(config: FunctionConfig): Promise<void>;
  /** Replaces code and configuration of `$LATEST`; versions stay as they are. Warm sandboxes are given up. */
  updateFunction(config: FunctionConfig): Promise<void>;
  /** Removes the function; what runs is left to finish, queued events vanish. */
  deleteFunction(functionName: string): Promise<void>;
  /**
   * The deployed function, with defaults filled in. Names and ARNs, with or without version or alias.
   *
   * @throws LambdaError `ResourceNotFoundException`
   */
  getFunction(functionName: string, qualifier?: string): ResolvedFunctionConfig;
  /** Freezes `$LATEST` as the next number, which it returns. @param description - instead of the function's own. */
  publishVersion(functionName: string, description?: string): string;
  /** Points an alias at a version, new or not. @param description - none by default. */
  createAlias(functionName: string, alias: string, version: string, description?: string): void;
  /** `undefined` removes the reservation. */
  setReservedConcurrency(functionName: string, reserved: number | undefined): void;
  setRecursiveLoop(functionName: string, recursiveLoop: RecursiveLoop): void;
  /** For `$LATEST`, or the version or alias that `qualifier` names. `undefined` removes what was set. */
  setEventInvokeConfig(functionName: string, config: EventInvokeConfig | undefined, qualifier?: string): void;
  addPermission(functionName: string, permission: InvokePermission): void;
  /** A statement that is not there is no error. */
  removePermission(functionName: string, statementId: string): void;
  /** A version that is not there is no error. */
  deleteVersion(functionName: string, version: string): void;
  /** An alias that is not there is no error. */
  deleteAlias(functionName: string, alias: string): void;
  /** Whether the function's resource policy lets a service invoke it for a resource. */
  permits(
    functionName: string,
    caller: { readonly servicePrincipal: string; readonly sourceArn: string; readonly sourceAccount: string },
  ): boolean;
}

/** Creates the deployment operations over a registry. */
export function createFunctionDeployment(options: {
  /** Where copies of deployed code live. */
  readonly directory: string;
  readonly registry: FunctionRegistry;
  readonly where: { readonly region: string; readonly accountId: string };
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly recycle: (functionName: string, reason: string) => Promise<void>;
  readonly isolation: () => Promise<InstanceIsolation>;
  readonly layers: Layers;
  /** The interpreter for a function, with a warning where it has another version than the runtime. */
  readonly pythonFor: (functionName: string, runtime: PythonRuntime) => Promise<PythonInterpreter>;
  readonly onWarning: (message: string) => void;
}): FunctionDeployment {
  const { registry } = options;

  async function deploy(config: FunctionConfig): Promise<FunctionVersion> {
    const resolved = resolveFunctionConfig(config, options.where);
    const isDirectory = await stat(config.codeDirectory).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isDirectory) {
      throw invalidParameter(`Code of function ${config.name}: ${config.codeDirectory} is not a directory.`);
    }
    const deployment = options.randomUUID();
    const codeRoot = join(options.directory, deployment);
    await mkdir(options.directory, { recursive: true });
    await cp(config.codeDirectory, codeRoot, { recursive: true, dereference: true });
    const isolation = await options.isolation();
    if (isolation.kind === "none") await makeDo(config.name, codeRoot, isolation.reason);
    const layersRoot = config.layers?.length ? `${codeRoot}-layers` : undefined;
    if (layersRoot !== undefined) await options.layers.merge(config.layers ?? [], layersRoot);
    const python = isPython(config.runtime) ? await options.pythonFor(config.name, config.runtime) : undefined;
    const sdkPlaces = [config.sdkFrom ?? config.codeDirectory, process.cwd(), import.meta.dirname];
    return {
      config: resolved,
      version: "$LATEST",
      codeRoot,
      layersRoot,
      python,
      moduleDirectories: python?.packages ?? findSdkDirectories(sdkPlaces),
      deployedAtMs: options.now(),
      deployment,
    };
  }

  /** Where instances cannot be isolated, makes shared code read-only and warns of shared files they write. */
  async function makeDo(functionName: string, codeRoot: string, reason: string): Promise<void> {
    await makeReadOnly(codeRoot);
    const file = await fileThatNamesTmp(codeRoot);
    if (file === undefined) return;
    options.onWarning(
      `Function ${functionName} names /tmp in ${file}. Here that is the machine's own directory, shared and without a limit, because ${reason}. os.tmpdir() gives each instance its own.`,
    );
  }

  function apply(record: FunctionRecord, config: FunctionConfig): void {
    record.reservedConcurrency = config.reservedConcurrency;
    record.recursiveLoop = config.recursiveLoop ?? "Terminate";
    if (config.eventInvokeConfig) record.eventInvokeConfigs.set("$LATEST", config.eventInvokeConfig);
    else record.eventInvokeConfigs.delete("$LATEST");
  }

  return {
    async createFunction(config) {
      const latest = await deploy(config);
      const record: FunctionRecord = {
        name: config.name,
        arn: latest.config.arn,
        latest,
        versions: new Map(),
        aliases: new Map(),
        reservedConcurrency: undefined,
        recursiveLoop: "Terminate",
        eventInvokeConfigs: new Map(),
        permissions: [],
      };
      apply(record, config);
      registry.add(record);
    },
    async updateFunction(config) {
      const record = registry.find(config.name);
      record.latest = await deploy(config);
      apply(record, config);
      await options.recycle(config.name, "deployed anew");
    },
    async deleteFunction(functionName) {
      const record = registry.find(functionName);
      registry.remove(record.name);
      await options.recycle(record.name, "function deleted");
    },
    getFunction: (functionName, qualifier) => registry.resolve(functionName, qualifier).version.config,
    publishVersion(functionName, description) {
      const record = registry.find(functionName);
      const version = String(Math.max(0, ...Array.from(record.versions.keys(), Number)) + 1);
      // A version's environment differs from $LATEST's, so it never shares a sandbox with it.
      const { config, deployment } = record.latest;
      record.versions.set(version, {
        ...record.latest,
        config: description === undefined ? config : { ...config, description },
        version,
        deployment: `${deployment}:${version}`,
      });
      return version;
    },
    createAlias(functionName, alias, version, description = "") {
      const record = registry.find(functionName);
      if (version !== "$LATEST" && !record.versions.has(version)) throw functionNotFound(`${record.arn}:${version}`);
      if (!/^(?!\d+$)[A-Za-z0-9_-]{1,128}$/.test(alias)) {
        throw invalidParameter(`Alias is ${JSON.stringify(alias)}; it must be letters, digits, - or _, and no number.`);
      }
      record.aliases.set(alias, { version, description, revision: options.randomUUID() });
    },
    setReservedConcurrency(functionName, reserved) {
      checkReservedConcurrency(reserved);
      registry.find(functionName).reservedConcurrency = reserved;
    },
    setRecursiveLoop(functionName, recursiveLoop) {
      if (recursiveLoop !== "Allow" && recursiveLoop !== "Terminate") {
        throw invalidParameter(`RecursiveLoop is ${JSON.stringify(recursiveLoop)}; it must be Allow or Terminate.`);
      }
      registry.find(functionName).recursiveLoop = recursiveLoop;
    },
    setEventInvokeConfig(functionName, config, qualifier) {
      checkEventInvokeConfig(config ?? {});
      const { record, qualifier: named } = registry.resolve(functionName, qualifier);
      if (config) record.eventInvokeConfigs.set(named ?? "$LATEST", config);
      else record.eventInvokeConfigs.delete(named ?? "$LATEST");
    },
    removePermission(functionName, statementId) {
      const record = registry.find(functionName);
      record.permissions = record.permissions.filter((permission) => permission.statementId !== statementId);
    },
    deleteVersion: (functionName, version) => void registry.find(functionName).versions.delete(version),
    deleteAlias: (functionName, alias) => void registry.find(functionName).aliases.delete(alias),
    addPermission(functionName, permission) {
      const record = registry.find(functionName);
      if (record.permissions.some(({ statementId }) => statementId === permission.statementId)) {
        throw new LambdaError(
          "ResourceConflictException",
          409,
          `The statement id (${permission.statementId}) provided already exists.`,
        );
      }
      record.permissions = [...record.permissions, permission];
    },
    permits: (functionName, caller) => permitsService(registry.find(functionName).permissions, caller),
  };
}
