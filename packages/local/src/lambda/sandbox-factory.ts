import { mkdir, rm, symlink } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import type { RoleCredentials } from "../gateway/credentials.ts";
import type { FunctionVersion } from "./function-registry.ts";
import { type InstanceIsolation, RUNTIME_ROOT, TASK_ROOT } from "./instance-isolation.ts";
import type { LogSource } from "./invocation-log.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { isPython, type NodeRuntime } from "./runtimes.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";
import { type SandboxDirectories, sandboxEnvironment } from "./sandbox-environment.ts";

/** Options of the sandbox factory. */
export interface SandboxFactoryOptions {
  /** Sandboxes that are not isolated get a directory of their own in here. */
  readonly directory: string;
  /** Directory of our runtime clients, which instances see as `/var/runtime` where they are isolated. */
  readonly runtimeDirectory: string;
  /** Our runtime clients, in that directory. */
  readonly ownClients: Readonly<Record<NodeRuntime | "python", string>>;
  /** Program that sandboxes run instead of ours. */
  readonly foreignClient: string | undefined;
  /** Settles once it is known what this machine permits. */
  readonly isolation: () => Promise<InstanceIsolation>;
  readonly nodeBinaries: Readonly<Partial<Record<NodeRuntime, string>>>;
  readonly region: string;
  readonly endpointUrl: () => string;
  readonly credentialsFor: (roleArn: string) => RoleCredentials;
  readonly initTimeoutMs: number;
  readonly guard: OrphanGuard;
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly onLine: (sandboxId: string, source: LogSource, line: string) => void;
}

/** Where a sandbox lives, and what clears up after it. */
interface SandboxHome {
  readonly directories: Omit<SandboxDirectories, "layers">;
  readonly workingDirectory: string;
  remove(): Promise<void>;
}

/** Makes sandboxes: task root and `/tmp`, environment, process. */
export function createSandboxFactory(options: SandboxFactoryOptions): (version: FunctionVersion) => Promise<Sandbox> {
  return async (version) => {
    const { config } = version;
    const id = options.randomUUID().replaceAll("-", "");
    const isolation = await options.isolation();
    const isIsolated = isolation.kind === "namespace";
    const home = isIsolated ? isolatedHome(options) : await sharedHome(options, version, id);
    const day = new Date(options.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const logStream = `${day}/[${version.version}]${id}`;
    const source = { functionName: config.name, logGroup: config.logGroup, logStream };
    const { moduleDirectories, layersRoot } = version;
    const program = programOf(options, version);
    const seen = (client: string) => (isIsolated ? join(RUNTIME_ROOT, basename(client)) : client);
    const command = (inside: (path: string) => string) => ({
      file: inside(program.file),
      args: [
        ...program.options,
        program.isForeign ? program.client : seen(program.client),
        ...(program.isForeign ? [] : moduleDirectories.map(inside)),
      ],
    });
    const place = {
      codeRoot: version.codeRoot,
      layersRoot,
      program: program.file,
      tmpMb: config.ephemeralStorageMb,
      directories: moduleDirectories,
    };
    const layers = isIsolated ? isolation.layersAt(place) : layersRoot;
    return startSandbox({
      id,
      logStream,
      command: isIsolated ? isolation.wrap(place, command) : command((path) => path),
      workingDirectory: home.workingDirectory,
      tmpDirectory: home.directories.tmp,
      isTokenRequired: !program.isForeign,
      environment: sandboxEnvironment(version, {
        region: options.region,
        endpointUrl: options.endpointUrl(),
        credentials: options.credentialsFor(config.roleArn),
        directories: { ...home.directories, layers },
        logStreamName: logStream,
        path: process.env.PATH ?? ["/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
      }),
      memoryMb: config.memoryMb,
      initTimeoutMs: options.initTimeoutMs,
      guard: options.guard,
      now: options.now,
      onLine: (line) => options.onLine(id, source, line),
      onExit: home.remove,
    });
  };
}

/** The program of a function instance: an interpreter, its options, and the client of the Runtime API. */
interface RuntimeProgram {
  readonly file: string;
  readonly options: readonly string[];
  readonly client: string;
  /** Not one of ours. */
  readonly isForeign: boolean;
}

function programOf(
  { ownClients, foreignClient, nodeBinaries }: SandboxFactoryOptions,
  { config: { runtime, memoryMb }, python }: FunctionVersion,
): RuntimeProgram {
  if (isPython(runtime)) {
    // Without a buffer for output, and without the packages of its own: they come as arguments.
    const options = ["-u", "-S"];
    return { file: python?.program ?? "python3", options, client: ownClients.python, isForeign: false };
  }
  return {
    file: nodeBinaries[runtime] ?? process.execPath,
    // As AWS's runtime does, a tenth of the memory is left to what is not V8's old space.
    options: [`--max-old-space-size=${Math.floor(memoryMb * 0.9)}`],
    client: foreignClient ?? ownClients[runtime],
    isForeign: foreignClient !== undefined,
  };
}

/** The places that AWS has; they exist in the instance's own namespace alone, and go with it. */
function isolatedHome({ directory }: SandboxFactoryOptions): SandboxHome {
  return {
    directories: { task: TASK_ROOT, runtime: RUNTIME_ROOT, home: "/home/sbx_user1051", tmp: undefined },
    workingDirectory: directory,
    remove: async () => {},
  };
}

/** A directory of the sandbox's own; `/tmp` itself is the machine's. */
async function sharedHome(
  { directory, runtimeDirectory }: SandboxFactoryOptions,
  { codeRoot }: FunctionVersion,
  id: string,
): Promise<SandboxHome> {
  const home = join(directory, id);
  const tmp = join(home, "tmp");
  const task = join(home, "task");
  await mkdir(tmp, { recursive: true });
  await symlink(codeRoot, task, "dir");
  return {
    directories: { task, runtime: runtimeDirectory, home, tmp },
    workingDirectory: task,
    remove: () => rm(home, { recursive: true, force: true }),
  };
}
