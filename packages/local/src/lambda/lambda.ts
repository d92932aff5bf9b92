import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeliverEvent, Service } from "../gateway/service.ts";
import { createEventQueue } from "./event-queue.ts";
import type { LambdaFaults } from "./faults.ts";
import type { LambdaRuntime } from "./function-config.ts";
import { createFunctionDeployment, type FunctionDeployment } from "./function-deployment.ts";
import { createFunctionRegistry } from "./function-registry.ts";
import { handleLambdaCall } from "./http-api.ts";
import { createInvokeApi, type InvokeApi } from "./invoke-api.ts";
import { createInvoker } from "./invoker.ts";
import { LambdaError } from "./lambda-error.ts";
import { createLambdaObserver, type LambdaObserver } from "./lambda-events.ts";
import { createOrphanGuard, ORPHAN_GUARD_SOURCE } from "./orphan-guard.ts";
import { createQuiet } from "./quiet.ts";
import { RUNTIME_CLIENT_SOURCE } from "./runtime-client.ts";
import type { RoleCredentials } from "./sandbox-environment.ts";
import { createSandboxFactory } from "./sandbox-factory.ts";
import { createSandboxPool } from "./sandbox-pool.ts";

/** AWS's limit on initialisation. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html */
const INIT_TIMEOUT_MS = 10_000;

/** What the embedded Lambda is built from. */
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
  /** Multiplies the asynchronous queue's back-off and ages; 0.001 turns a minute into 60 ms. @defaultValue 1 */
  readonly timeScale?: number;
  readonly faults?: LambdaFaults;
  /** Node.js program for each runtime. @defaultValue the one running this */
  readonly nodeBinaries?: Readonly<Partial<Record<LambdaRuntime, string>>>;
  /** The account's concurrency limit. @defaultValue 1000 */
  readonly maxConcurrency?: number;
  /** Most processes at a time on this machine; invocations beyond wait for one. @defaultValue 64 */
  readonly maxSandboxes?: number;
  /** A sandbox that served nothing for so long is given up. @defaultValue 300000 */
  readonly idleSandboxMs?: number;
  /** @defaultValue 10000, as on AWS */
  readonly initTimeoutMs?: number;
  /** Program the sandboxes run instead of ours, e.g. AWS's own runtime client. */
  readonly runtimeClientPath?: string;
}

/** Lambda on this machine: functions are processes, killed at their time limit and frozen in between. */
export interface LambdaService extends Service, InvokeApi, FunctionDeployment {
  readonly on: LambdaObserver["on"];
  /** Settles when the asynchronous queue is empty, retries included, and no sandbox is at work. */
  idle(): Promise<void>;
  /** The function's next invocation is cold. */
  recycle(functionName: string): Promise<void>;
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
  mkdirSync(join(options.directory, "sandboxes"), { recursive: true });
  const writeProgram = (name: string, source: string) => {
    const path = join(options.directory, name);
    writeFileSync(path, source);
    return path;
  };
  const runtimeClientPath = options.runtimeClientPath ?? writeProgram("runtime-client.mjs", RUNTIME_CLIENT_SOURCE);
  const guard = createOrphanGuard(process.execPath, writeProgram("orphan-guard.mjs", ORPHAN_GUARD_SOURCE));

  const observer = createLambdaObserver();
  const registry = createFunctionRegistry(options);
  const quiet = createQuiet();
  const faults = options.faults ?? {};
  const timers = new Set<NodeJS.Timeout>();
  let isStopped = false;

  const startSandbox = createSandboxFactory({
    directory: join(options.directory, "sandboxes"),
    runtimeClientPath,
    nodeBinaries: options.nodeBinaries ?? {},
    region: options.region,
    endpointUrl: options.endpointUrl,
    credentialsFor: options.credentialsFor,
    initTimeoutMs: options.initTimeoutMs ?? INIT_TIMEOUT_MS,
    guard,
    now: options.now,
    randomUUID: options.randomUUID,
    onLine: (sandboxId, functionName, line) => invoker.onLine(sandboxId, functionName, line),
  });
  const pool = createSandboxPool({
    maxSandboxes: options.maxSandboxes ?? 64,
    idleMs: options.idleSandboxMs ?? 300_000,
    async start(version) {
      const sandbox = await startSandbox(version);
      const functionName = version.config.name;
      observer.emit("sandbox.start", { sandboxId: sandbox.id, functionName, pid: sandbox.pid });
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
  });

  return {
    ...deployment,
    invoke: invokeApi.invoke,
    on: observer.on,
    handle: (call) => handleLambdaCall(call, { registry, invokeApi, deployment }),
    idle: quiet.idle,
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
