import { type ChildProcess, spawn } from "node:child_process";
import { exited, type InvocationOutcome, responseTooLarge, timedOut } from "./invocation-outcome.ts";
import { createLineSplitter } from "./line-splitter.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { readProcessMemory } from "./process-memory.ts";
import { MAX_RESPONSE_BYTES, openRuntimeApi, type RuntimeInvocation } from "./runtime-api.ts";

/** What a sandbox runs. */
export interface SandboxOptions {
  readonly id: string;
  readonly nodeBinary: string;
  readonly nodeArguments: readonly string[];
  readonly workingDirectory: string;
  /** The child's whole environment, but for `AWS_LAMBDA_RUNTIME_API`. */
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly initTimeoutMs: number;
  readonly guard: OrphanGuard;
  /** Epoch ms; deadlines are given to the child in it. */
  readonly now: () => number;
  /** A line the child wrote, to stdout or stderr. */
  readonly onLine: (line: string) => void;
  /** Clears up after the process, whatever ended it. */
  readonly onExit: () => Promise<void>;
}

/** An invocation for a sandbox. */
interface SandboxInvocation extends Omit<RuntimeInvocation, "deadlineMs"> {
  readonly timeoutMs: number;
  /** Kills the process this long after the start, as a crash would. */
  readonly killAfterMs?: number | undefined;
}

/** How the initialisation of a sandbox went. */
interface SandboxInit {
  readonly initMs: number;
  /** Why it cannot serve, told to the invocation that caused the start; `undefined` if it can. */
  readonly failure: ((requestId: string) => InvocationOutcome) | undefined;
}

/** The end of an invocation as the sandbox saw it. */
interface SandboxResult {
  readonly outcome: InvocationOutcome;
  readonly durationMs: number;
}

/** One function instance: a process of its own, frozen unless it has an invocation. */
export interface Sandbox {
  readonly id: string;
  readonly pid: number;
  /** Settles when the runtime asks for its first invocation, or cannot. */
  readonly initialized: Promise<SandboxInit>;
  /** Runs one invocation; only while nothing else runs. Settles as soon as the result is known. */
  invoke(invocation: SandboxInvocation): Promise<SandboxResult>;
  /** Settles when the runtime is ready for another invocation (`true`) or the process is over (`false`). */
  settled(): Promise<boolean>;
  /** Stops the process until it is thawed by its next invocation. */
  freeze(): void;
  /** Peak memory in MB so far, where the platform tells. */
  maxMemoryMb(): number | undefined;
  /** Kills the process and all it started; settles when it is gone. */
  kill(): Promise<void>;
  /** Settles when the process is over and cleared up after. */
  readonly gone: Promise<void>;
}

/** What Node.js itself needs on top of a function's memory before a sandbox counts as out of memory. */
const MEMORY_OVERHEAD_MB = 64;
const MEMORY_SAMPLE_MS = 100;

/** Starts a sandbox. The child leads a process group of its own, so that what it starts freezes and dies with it. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  type Running = { readonly invocation: SandboxInvocation; readonly finish: (outcome: InvocationOutcome) => void };
  let running: Running | undefined;
  let isReady = false;
  let isFrozen = false;
  let isOver = false;
  let didTimeOut = false;
  let peakMb: number | undefined;
  let waiting: ((isAlive: boolean) => void)[] = [];
  let endInit: (failure: SandboxInit["failure"]) => void = () => {};

  const settleAll = (isAlive: boolean) => {
    const listeners = waiting;
    waiting = [];
    for (const listener of listeners) listener(isAlive);
  };

  const api = await openRuntimeApi({
    onNext() {
      isReady = true;
      endInit(undefined);
      settleAll(true);
    },
    onResponse(requestId, body, bytes) {
      if (running?.invocation.requestId !== requestId) return false;
      running.finish(
        body === undefined ? responseTooLarge(bytes, MAX_RESPONSE_BYTES) : { status: "ok", payload: body },
      );
      return true;
    },
    onError(requestId, body) {
      if (running?.invocation.requestId !== requestId) return false;
      running.finish({ status: "error", payload: body });
      return true;
    },
    onInitError(body) {
      endInit(() => ({ status: "error", payload: body }));
    },
  });

  const startedAt = performance.now();
  const child: ChildProcess = spawn(options.nodeBinary, options.nodeArguments, {
    cwd: options.workingDirectory,
    env: { ...options.environment, AWS_LAMBDA_RUNTIME_API: api.address },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pid = child.pid;
  if (pid !== undefined) options.guard.watch(pid);

  const signalGroup = (signal: NodeJS.Signals) => {
    if (pid === undefined || isOver) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  };

  const initialized = new Promise<SandboxInit>((resolve) => {
    const timer = setTimeout(() => {
      endInit((requestId) => timedOut(requestId, options.initTimeoutMs));
      signalGroup("SIGKILL");
    }, options.initTimeoutMs);
    endInit = (failure) => {
      clearTimeout(timer);
      resolve({ initMs: performance.now() - startedAt, failure });
    };
  });

  const stdout = createLineSplitter(options.onLine);
  const stderr = createLineSplitter(options.onLine);
  child.stdout?.on("data", stdout.push);
  child.stderr?.on("data", stderr.push);

  const sampleMemory = () => {
    const memory = pid === undefined ? undefined : readProcessMemory(pid);
    if (!memory) return;
    peakMb = Math.max(memory.peakMb, peakMb ?? 0);
    if (memory.residentMb > options.memoryMb + MEMORY_OVERHEAD_MB) signalGroup("SIGKILL");
  };

  const gone = new Promise<void>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      if (isOver) return;
      isOver = true;
      if (pid !== undefined) {
        options.guard.release(pid);
        // Whatever the handler started must not outlive it.
        try {
          process.kill(-pid, "SIGKILL");
        } catch {}
      }
      stdout.end();
      stderr.end();
      api.close();
      endInit((requestId) => exited(requestId, exitCode, signal));
      if (running) {
        const { requestId, timeoutMs } = running.invocation;
        running.finish(didTimeOut ? timedOut(requestId, timeoutMs) : exited(requestId, exitCode, signal));
      }
      settleAll(false);
      options.onExit().then(resolve, resolve);
    };
    child.on("error", () => end(127, null));
    // `close` waits for the last output, but a grandchild that holds the pipes must not hold up the end.
    child.on("close", end);
    child.on("exit", (exitCode, signal) => setTimeout(() => end(exitCode, signal), 50).unref());
  });

  return {
    id: options.id,
    pid: pid ?? -1,
    initialized,
    invoke(invocation) {
      return new Promise<SandboxResult>((resolve) => {
        const begunAt = performance.now();
        const timeout = setTimeout(() => {
          didTimeOut = true;
          signalGroup("SIGKILL");
        }, invocation.timeoutMs);
        const crash =
          invocation.killAfterMs === undefined ? undefined : setTimeout(signalGroup, invocation.killAfterMs, "SIGKILL");
        const sampler = setInterval(sampleMemory, MEMORY_SAMPLE_MS);
        const finish = (outcome: InvocationOutcome) => {
          if (running?.finish !== finish) return;
          running = undefined;
          resolve({ outcome, durationMs: performance.now() - begunAt });
        };
        // The time limit stands until the runtime asks for more: answering does not end an invocation.
        waiting.push(() => {
          clearTimeout(timeout);
          clearTimeout(crash);
          clearInterval(sampler);
          if (!isOver) sampleMemory();
        });
        running = { invocation, finish };
        isReady = false;
        if (isOver) {
          settleAll(false);
          finish(exited(invocation.requestId, null, "SIGKILL"));
          return;
        }
        if (isFrozen) {
          isFrozen = false;
          signalGroup("SIGCONT");
        }
        api.hand({ ...invocation, deadlineMs: Math.round(options.now() + invocation.timeoutMs) });
      });
    },
    settled() {
      if (isOver) return Promise.resolve(false);
      if (isReady) return Promise.resolve(true);
      return new Promise((resolve) => waiting.push(resolve));
    },
    freeze() {
      if (isOver || isFrozen || !isReady) return;
      isFrozen = true;
      signalGroup("SIGSTOP");
    },
    gone,
    maxMemoryMb: () => peakMb,
    kill() {
      signalGroup("SIGKILL");
      return gone;
    },
  };
}
