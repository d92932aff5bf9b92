import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Command } from "./instance-isolation.ts";
import { instanceProcesses } from "./instance-processes.ts";
import { exited, type InvocationOutcome, responseTooLarge, timedOut } from "./invocation-outcome.ts";
import { createLineSplitter } from "./line-splitter.ts";
import type { OrphanGuard } from "./orphan-guard.ts";
import { readProcessMemory } from "./process-memory.ts";
import { MAX_RESPONSE_BYTES, openRuntimeApi, type RuntimeInvocation, TOKEN_VARIABLE } from "./runtime-api.ts";

/** The program of a sandbox. */
export interface SandboxOptions {
  readonly id: string;
  /** Name of its log stream. */
  readonly logStream: string;
  /** The command line; the process keeps its id, whatever precedes the program itself. */
  readonly command: Command;
  readonly workingDirectory: string;
  /** Its temporary directory; `undefined` if it has a `/tmp` of its own. */
  readonly tmpDirectory: string | undefined;
  /** Whether the runtime proves by {@link TOKEN_VARIABLE} that it is the one that was started. */
  readonly isTokenRequired: boolean;
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
  readonly logStream: string;
  readonly pid: number;
  /** Its `/tmp` as this process sees it, once it has initialised. */
  readonly tmpDirectory: string;
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

/** Memory that Node.js itself needs on top of a function's before a sandbox counts as out of memory. */
const MEMORY_OVERHEAD_MB = 64;
const MEMORY_SAMPLE_MS = 100;

/** A turn reads 2 MB of a pipe, which holds less; a grandchild that writes without end must not be waited for. */
const MAX_READING_TURNS = 8;

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

  let bytesRead = 0;
  /**
   * Settles when all that the child has written so far has been read. Whatever it wrote before is in the pipe by now: a
   * whole turn of the event loop in which nothing comes shows that the pipe is empty.
   */
  const outputRead = async () => {
    for (let turn = 0, before = -1; before !== bytesRead && turn < MAX_READING_TURNS; turn += 1) {
      before = bytesRead;
      // The first one may still come in the turn that is under way, in which pipes were asked before.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    }
  };

  const token = options.isTokenRequired ? randomBytes(16).toString("hex") : undefined;
  const api = await openRuntimeApi(token, {
    onNext() {
      processes.locate();
      void outputRead().then(() => {
        isReady = true;
        endInit(undefined);
        settleAll(true);
      });
    },
    onResponse(requestId, body) {
      if (running?.invocation.requestId !== requestId) return false;
      running.finish(body === undefined ? responseTooLarge(MAX_RESPONSE_BYTES) : { status: "ok", payload: body });
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
  const child: ChildProcess = spawn(options.command.file, options.command.args, {
    cwd: options.workingDirectory,
    env: {
      ...options.environment,
      AWS_LAMBDA_RUNTIME_API: api.address,
      ...(token !== undefined && { [TOKEN_VARIABLE]: token }),
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pid = child.pid;
  if (pid !== undefined) options.guard.watch(pid, options.id);
  const processes = instanceProcesses(pid, options.id);

  const initialized = new Promise<SandboxInit>((resolve) => {
    const timer = setTimeout(() => {
      endInit((requestId) => timedOut(requestId, options.initTimeoutMs));
      processes.locate();
      processes.signal("SIGKILL");
    }, options.initTimeoutMs);
    endInit = (failure) => {
      clearTimeout(timer);
      resolve({ initMs: performance.now() - startedAt, failure });
    };
  });

  const splitters = [child.stdout, child.stderr].map((stream) => {
    const splitter = createLineSplitter(options.onLine);
    stream?.on("data", (chunk: Buffer) => {
      bytesRead += chunk.length;
      splitter.push(chunk);
    });
    return splitter;
  });

  const sampleMemory = () => {
    const memory = pid === undefined ? undefined : readProcessMemory(pid);
    if (!memory) return;
    peakMb = Math.max(memory.peakMb, peakMb ?? 0);
    if (memory.residentMb > options.memoryMb + MEMORY_OVERHEAD_MB) processes.signal("SIGKILL");
  };

  const gone = new Promise<void>((resolve) => {
    const end = (exitCode: number | null, signal: NodeJS.Signals | null) => {
      if (isOver) return;
      // Whatever the handler started must not outlive it.
      processes.end();
      isOver = true;
      if (pid !== undefined) options.guard.release(pid);
      for (const splitter of splitters) splitter.end();
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
    // Not `close`: a grandchild that holds the pipes must not hold up the end.
    child.on("exit", (exitCode, signal) => void outputRead().then(() => end(exitCode, signal)));
  });

  return {
    id: options.id,
    logStream: options.logStream,
    pid: pid ?? -1,
    tmpDirectory: options.tmpDirectory ?? `/proc/${pid}/root/tmp`,
    initialized,
    invoke(invocation) {
      return new Promise<SandboxResult>((resolve) => {
        const begunAt = performance.now();
        const timeout = setTimeout(() => {
          didTimeOut = true;
          processes.signal("SIGKILL");
        }, invocation.timeoutMs);
        const crash =
          invocation.killAfterMs === undefined
            ? undefined
            : setTimeout(processes.signal, invocation.killAfterMs, "SIGKILL");
        const sampler = setInterval(sampleMemory, MEMORY_SAMPLE_MS);
        const finish = (outcome: InvocationOutcome) => {
          if (running?.finish !== finish) return;
          running = undefined;
          resolve({ outcome, durationMs: performance.now() - begunAt });
        };
        // The time limit applies until the runtime asks for more: answering does not end an invocation.
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
          processes.thaw();
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
      processes.freeze();
    },
    gone,
    maxMemoryMb: () => peakMb,
    kill() {
      processes.signal("SIGKILL");
      return gone;
    },
  };
}
