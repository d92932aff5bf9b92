import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import type { LambdaRuntime } from "./function-config.ts";
import type { FunctionVersion } from "./function-registry.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { type RoleCredentials, sandboxEnvironment } from "./sandbox-environment.ts";

/** What sandboxes are made from. */
export interface SandboxFactoryOptions {
  /** Each sandbox gets a directory of its own in here. */
  readonly directory: string;
  readonly runtimeClientPath: string;
  readonly nodeBinaries: Readonly<Partial<Record<LambdaRuntime, string>>>;
  readonly region: string;
  readonly endpointUrl: () => string;
  readonly credentialsFor: (roleArn: string) => RoleCredentials;
  readonly initTimeoutMs: number;
  readonly guard: OrphanGuard;
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly onLine: (sandboxId: string, functionName: string, line: string) => void;
}

/** Makes sandboxes: directory with task root and tmp, environment, process. */
export function createSandboxFactory(options: SandboxFactoryOptions): (version: FunctionVersion) => Promise<Sandbox> {
  return async (version) => {
    const { config } = version;
    const id = options.randomUUID().replaceAll("-", "");
    const home = join(options.directory, id);
    const tmpDirectory = join(home, "tmp");
    const taskRoot = join(home, "task");
    await mkdir(tmpDirectory, { recursive: true });
    await symlink(version.codeRoot, taskRoot, "dir");
    const day = new Date(options.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    return startSandbox({
      id,
      nodeBinary: options.nodeBinaries[config.runtime] ?? process.execPath,
      // As AWS's runtime does, a tenth of the memory is left to what is not V8's old space.
      nodeArguments: [`--max-old-space-size=${Math.floor(config.memoryMb * 0.9)}`, options.runtimeClientPath],
      workingDirectory: taskRoot,
      environment: sandboxEnvironment(version, {
        region: options.region,
        endpointUrl: options.endpointUrl(),
        credentials: options.credentialsFor(config.roleArn),
        taskRoot,
        tmpDirectory,
        homeDirectory: home,
        logStreamName: `${day}/[${version.version}]${id}`,
        path: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin",
      }),
      memoryMb: config.memoryMb,
      initTimeoutMs: options.initTimeoutMs,
      guard: options.guard,
      now: options.now,
      onLine: (line) => options.onLine(id, config.name, line),
      onExit: () => rm(home, { recursive: true, force: true }),
    });
  };
}
