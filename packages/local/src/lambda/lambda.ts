import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RoleCredentials } from "../gateway/credentials.ts";
import type { DeliverEvent, Service } from "../gateway/service.ts";
import { createEventQueue } from "./event-queue.ts";
import type { LambdaFaults } from "./faults.ts";
import { createFunctionDeployment, type FunctionDeployment } from "./function-deployment.ts";
import { createFunctionRegistry } from "./function-registry.ts";
import { handleLambdaCall } from "./http-api.ts";
import { type InstanceIsolation, openIsolation } from "./instance-isolation.ts";
import { createInvokeApi, type InvokeApi } from "./invoke-api.ts";
import { createInvoker } from "./invoker.ts";
import { LambdaError } from "./lambda-error.ts";
import { createLambdaObserver, type LambdaObserver } from "./lambda-events.ts";
import { createLayers, type Layers } from "./layers.ts";
import { createOrphanGuard, ORPHAN_GUARD_SOURCE } from "./orphan-guard.ts";
import { type OwnCall, ownCallsFor } from "./own-calls.ts";
import { findPython, type PythonInterpreter } from "./python-interpreter.ts";
import { PYTHON_RUNTIME_CLIENT_SOURCE } from "./python-runtime-client.ts";
import { createQuiet } from "./quiet.ts";
import { CALLBACK_RUNTIME_CLIENT_SOURCE, RUNTIME_CLIENT_SOURCE } from "./runtime-client.ts";
import type { NodeRuntime, PythonRuntime } from "./runtimes.ts";
import { createSandboxFactory } from "./sandbox-factory.ts";
import { createSandboxPool } from "./sandbox-pool.ts";

/** AWS's limit on initialisation. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_TIMEOUT_MS = 10_000;

/** Options of the embedded Lambda. */
export interface LambdaOptions {
  /** Scratch directory, made if missing; deployed code and the sandboxes' own directories live in it. */
  readonly directory: string;
  /** Epoch ms. Functions are given deadlines in it and compare them with their own clock. */
  readonly now: () => number;
  readonly randomUUID: () => string;
  readonly region: string;
  readonly accountId: string;
  /** The gateway's address; functions get it as `AWS_ENDPOINT_URL`. */
  readonly endpointUrl: () => string;
  /** Passes records and dead letters on to queues, topics, functions and buses. */
  readonly deliver: DeliverEvent;
  readonly credentialsFor: (roleArn: string) => RoleCredentials;
  /**
   * Multiplies what Lambda waits of its own accord between the tries of an asynchronous event; 0.001 turns a minute into
   * 60 ms, and an event ages by the minute. What functions measure is not scaled: their time limits, and with them the
   * leases of runs. So a try after the end of a killed process waits until its time limit and 1.5 s more are over, where
   * AWS's back-off is longer than that. @defaultValue 1
   */
  readonly timeScale?: number;
  readonly faults?: LambdaFaults;
  /** Node.js program for each runtime. @defaultValue the one running this */
  readonly nodeBinaries?: Readonly<Partial<Record<NodeRuntime, string>>>;
  /** The account's concurrency limit. @defaultValue 1000 */
  readonly maxConcurrency?: number;
  /** Most processes at a time on this machine; invocations beyond wait for one. @defaultValue 64 */
  readonly maxSandboxes?: number;
  /** A sandbox that served nothing for so long is given up. @defaultValue 300000 */
  readonly idleSandboxMs?: number;
  /** @defaultValue 10000, as on AWS */
  readonly initTimeoutMs?: number;
  /**
   * `auto`: each function instance has a `/tmp` of its own, no larger than its `EphemeralStorage`, and a `/var/task` that
   * it cannot write, where this machine permits mount namespaces (Linux, as root or with user namespaces). `none`:
   * instances have a `TMPDIR` of their own, of any size, and share the machine's `/tmp`. @defaultValue "auto"
   */
  readonly isolation?: "auto" | "none";
  /** Told of what is otherwise than on AWS and cannot be helped. @defaultValue a process warning */
  readonly onWarning?: (message: string) => void;
  /** Program the sandboxes run instead of ours, e.g. AWS's own runtime client. */
  readonly runtimeClientPath?: string;
}

/** Whether function instances have a `/tmp` and a `/var/task` of their own on this machine. */
export type Isolation = { readonly kind: "namespace" } | { readonly kind: "none"; readonly reason: string };

/** Lambda on this machine: functions are processes, killed at their time limit and frozen in between. */
export interface LambdaService extends Service, InvokeApi, FunctionDeployment {
  readonly on: LambdaObserver["on"];
  /** Settles when the asynchronous queue is empty, retries included, and no sandbox is at work. */
  idle(): Promise<void>;
  /** The function's next invocation is cold. */
  recycle(functionName: string): Promise<void>;
  /** Layers that stacks have made. */
  readonly layers: Layers;
  /** The calls that Lambda itself makes with the roles of functions, or would make: to write logs and send to destinations. */
  ownCalls(): readonly OwnCall[];
  /** Whether instances are isolated, and why not. */
  isolation(): Promise<Isolation>;
  /** Kills every sandbox and drops what is queued. */
  stop(): Promise<void>;
}

/**
 * Creates the embedded Lambda. Works on Linux and macOS.
 *
 * @example
 * ```ts
 * const lambda = createLambda({ directory, now: Date.now, randomUUID, region, accountId, endpointUrl, deliver, credentialsFor });
 * await lambda.createFunction({ name: "walk", codeDirectory: "dist", runtime: "nodejs24.x", roleArn });
 * const { payload } = await lambda.invoke({ functionName: "walk", payload: "{}" });
 * ```
 */
export function createLambda(options: LambdaOptions): LambdaService {
  if (process.platform === "win32") {
    throw new LambdaError(
      "ServiceException",
      500,
      "The embedded Lambda freezes processes with SIGSTOP, which Windows does not have. Run it in WSL.",
    );
  }
  const sandboxes = join(options.directory, "sandboxes");
  const runtimeDirectory = join(options.directory, "runtime");
  for (const directory of [sandboxes, runtimeDirectory]) mkdirSync(directory, { recursive: true });
  const writeProgram = (path: string, source: string) => {
    writeFileSync(path, source);
    return path;
  };
  const ownClients = {
    "nodejs22.x": writeProgram(join(runtimeDirectory, "nodejs22.mjs"), CALLBACK_RUNTIME_CLIENT_SOURCE),
    "nodejs24.x": writeProgram(join(runtimeDirectory, "nodejs24.mjs"), RUNTIME_CLIENT_SOURCE),
    python: writeProgram(join(runtimeDirectory, "python.py"), PYTHON_RUNTIME_CLIENT_SOURCE),
  };
  const onWarning = options.onWarning ?? ((message) => process.emitWarning(message, "LonghaulLocalWarning"));
  const pythons = new Map<PythonRuntime, Promise<PythonInterpreter>>();
  const pythonFor = async (functionName: string, runtime: PythonRuntime) => {
    const finding = pythons.get(runtime) ?? findPython(runtime);
    pythons.set(runtime, finding);
    const found = await finding;
    if (runtime !== `python${found.version}`) {
      onWarning(
        `Function ${functionName} is for ${runtime}, and runs on Python ${found.version}, which is on the PATH.`,
      );
    }
    return found;
  };
  const layers = createLayers(options);
  const guardPath = writeProgram(join(options.directory, "orphan-guard.mjs"), ORPHAN_GUARD_SOURCE);
  const guard = createOrphanGuard(process.execPath, guardPath);
  let isolation: Promise<InstanceIsolation> | undefined;
  const isolate = () => {
    isolation ??= isolationOf(options);
    return isolation;
  };

  const observer = createLambdaObserver();
  const registry = createFunctionRegistry(options);
  const quiet = createQuiet();
  const faults = options.faults ?? {};
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  const startSandbox = createSandboxFactory({
    directory: sandboxes,
    runtimeDirectory,
    ownClients,
    foreignClient: options.runtimeClientPath,
    isolation: isolate,
    nodeBinaries: options.nodeBinaries ?? {},
    region: options.region,
    endpointUrl: options.endpointUrl,
    credentialsFor: options.credentialsFor,
    initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
    guard,
    now: options.now,
    randomUUID: options.randomUUID,
    onLine: (sandboxId, source, line) => invoker.onLine(sandboxId, source, line),
  });
  const pool = createSandboxPool({
    maxSandboxes: options.maxSandboxes ?? 64,
    idleMs: options.idleSandboxMs ?? 300_000,
    async start(version) {
      const sandbox = await startSandbox(version);
      const { id: sandboxId, pid, tmpDirectory } = sandbox;
      observer.emit("sandbox.start", { sandboxId, functionName: version.config.name, pid, tmpDirectory });
      return sandbox;
    },
    onRecycle: (pooled, reason) =>
      observer.emit("sandbox.recycle", {
        sandboxId: pooled.sandbox.id,
        functionName: pooled.version.config.name,
        reason,
      }),
  });
  const invoker = createInvoker({
    pool,
    observer,
    records: () => registry.records.values(),
    accountLimit: options.maxConcurrency ?? 1000,
    now: options.now,
    faults,
    hold: quiet.hold,
  });
  const queue = createEventQueue({
    now: options.now,
    setTimer(callback, delayMs) {
      if (isStopped) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, delayMs);
      timers.add(timer);
    },
    timeScale: options.timeScale ?? 1,
    attempt: (event, attempt) => invokeApi.attempt(event, attempt),
    settings: (event) => invokeApi.settings(event),
    deliver: options.deliver,
    observer,
    hold: quiet.hold,
  });
  const invokeApi = createInvokeApi({
    registry,
    invoker,
    queue,
    faults,
    isStopped: () => isStopped,
    now: options.now,
    randomUUID: options.randomUUID,
  });
  const deployment = createFunctionDeployment({
    directory: join(options.directory, "code"),
    registry,
    where: options,
    now: options.now,
    randomUUID: options.randomUUID,
    recycle: (functionName, reason) => pool.recycle(functionName, reason),
    isolation: isolate,
    layers,
    pythonFor,
    onWarning,
  });

  return {
    ...deployment,
    layers,
    invoke: invokeApi.invoke,
    on: observer.on,
    handle: (call) => handleLambdaCall(call, { registry, invokeApi, deployment }),
    idle: quiet.idle,
    ownCalls: () => [...registry.records.values()].flatMap((record) => ownCallsFor(record, options)),
    async isolation() {
      const found = await isolate();
      return found.kind === "none" ? found : { kind: "namespace" };
    },
    async recycle(functionName) {
      await pool.recycle(registry.find(functionName).name, "recycled on request");
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      for (const timer of timers) clearTimeout(timer);
      await pool.stop();
      await guard.stop();
    },
  };
}

async function isolationOf(options: LambdaOptions): Promise<InstanceIsolation> {
  const { directory, runtimeClientPath, nodeBinaries = {} } = options;
  if (options.isolation === "none") return { kind: "none", reason: "isolation is switched off" };
  if (runtimeClientPath?.startsWith("/tmp/")) return { kind: "none", reason: "the runtime client lies below /tmp" };
  const programs = [process.execPath, ...Object.values(nodeBinaries)];
  return openIsolation({ directory, programs: runtimeClientPath ? [...programs, runtimeClientPath] : programs });
}
