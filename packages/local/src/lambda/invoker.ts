import { refusal } from "./concurrency.ts";
import type { LambdaFaults } from "./faults.ts";
import type { FunctionRecord, InvocationTarget } from "./function-registry.ts";
import { type LogSource, logTail, parseLogLine, platformLines } from "./invocation-log.ts";
import { describeFailure, type InvocationOutcome } from "./invocation-outcome.ts";
import { tooManyRequests } from "./lambda-error.ts";
import type { LambdaObserver } from "./lambda-events.ts";
import type { PooledSandbox, SandboxPool } from "./sandbox-pool.ts";

/**
 * An answer waits for its runtime to ask for more, so that the caller's next invocation finds it free and the tail of the
 * log is complete. A runtime asks at once, however long that takes on a busy machine; this is for one that works after it
 * answered.
 */
const READY_GRACE_MS = 5_000;

/** One run of a handler. */
interface RunRequest {
  readonly target: InvocationTarget;
  readonly requestId: string;
  readonly payload: string;
  readonly traceHeader: string;
  readonly clientContext: string | undefined;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly wantsLogTail: boolean;
}

/** How a run ended. */
export interface FinishedInvocation {
  readonly outcome: InvocationOutcome;
  readonly executedVersion: string;
  readonly logTail: string | undefined;
  /** The rest of the time limit when the process died; `undefined` if it did not, or had not begun. */
  readonly limitLeftMs: number | undefined;
}

/** Options of an invoker. */
export interface InvokerOptions {
  readonly pool: SandboxPool;
  readonly observer: LambdaObserver;
  readonly records: () => Iterable<FunctionRecord>;
  readonly accountLimit: number;
  readonly now: () => number;
  readonly faults: LambdaFaults;
  /** Called around every run, to know when all is quiet. */
  readonly hold: () => () => void;
}

/** Runs handlers in sandboxes, within the concurrency there is. */
export interface Invoker {
  /** @throws LambdaError `TooManyRequestsException` before anything has run. */
  run(request: RunRequest): Promise<FinishedInvocation>;
  /** A line a sandbox wrote. */
  onLine(sandboxId: string, source: LogSource, raw: string): void;
}

/** Creates the invoker. */
export function createInvoker(options: InvokerOptions): Invoker {
  const { pool, observer } = options;
  const inFlight = new Map<string, number>();
  /** The work of each sandbox, by its id. */
  const current = new Map<string, { readonly requestId: string; readonly lines: string[] }>();
  let runs = 0;

  /** Takes one unit of concurrency; the result gives it back. */
  function admit(record: FunctionRecord, requestId: string): () => void {
    let unreservedInFlight = 0;
    let totalReserved = 0;
    for (const other of options.records()) {
      if (other.reservedConcurrency === undefined) unreservedInFlight += inFlight.get(other.name) ?? 0;
      else totalReserved += other.reservedConcurrency;
    }
    const reason = refusal({
      functionInFlight: inFlight.get(record.name) ?? 0,
      reserved: record.reservedConcurrency,
      unreservedInFlight,
      totalReserved,
      accountLimit: options.accountLimit,
    });
    if (reason) {
      observer.emit("throttle", { functionName: record.name, requestId, reason });
      throw tooManyRequests(reason);
    }
    inFlight.set(record.name, (inFlight.get(record.name) ?? 0) + 1);
    return () => inFlight.set(record.name, (inFlight.get(record.name) ?? 1) - 1);
  }

  async function run(request: RunRequest): Promise<FinishedInvocation> {
    const { target, requestId } = request;
    const functionName = target.record.name;
    const leave = admit(target.record, requestId);
    const rest = options.hold();
    const done = () => {
      leave();
      rest();
    };
    runs += 1;
    const fault = { sequence: runs, functionName, requestId, attempt: request.attempt };
    let pooled: PooledSandbox;
    try {
      pooled = await pool.acquire(target.version, options.faults.cold?.(fault) ?? false);
    } catch (error) {
      done();
      throw error;
    }
    return runIn(pooled, request, options.faults.killAfterMs?.(fault), done);
  }

  async function runIn(
    pooled: PooledSandbox,
    request: RunRequest,
    killAfterMs: number | undefined,
    done: () => void,
  ): Promise<FinishedInvocation> {
    const { target, requestId } = request;
    const { sandbox } = pooled;
    const functionName = target.record.name;
    const { config, version } = target.version;
    const isCold = !pooled.isWarm;
    const lines: string[] = [];
    const source = { functionName, logGroup: config.logGroup, logStream: sandbox.logStream };
    const log = (line: string) => {
      lines.push(line);
      observer.emit("log", { ...source, requestId, isPrinted: false, line, message: line });
    };

    const init = await sandbox.initialized;
    observer.emit("invoke.start", {
      requestId,
      functionName,
      attempt: request.attempt,
      sandboxId: sandbox.id,
      cold: isCold,
      payloadBytes: Buffer.byteLength(request.payload),
      startedAtMs: options.now(),
    });
    current.set(sandbox.id, { requestId, lines });
    log(platformLines.start(requestId, version));

    const timeoutMs = config.timeoutSeconds * 1000;
    const { outcome, durationMs } = init.failure
      ? { outcome: init.failure(requestId), durationMs: 0 }
      : await sandbox.invoke({
          requestId,
          payload: request.payload,
          invokedFunctionArn: target.invokedArn,
          traceHeader: request.traceHeader,
          clientContext: request.clientContext,
          timeoutMs,
          killAfterMs,
        });
    const didDie = outcome.status === "timeout" || outcome.status === "exit";
    if (init.failure) void sandbox.kill();

    const settled = sandbox.settled().then((isAlive) => {
      const initMs = isCold ? init.initMs : undefined;
      const error = describeFailure(outcome);
      // Since August 2025 AWS bills the initialisation of managed runtimes too.
      const billedMs = Math.max(1, Math.ceil(durationMs + (initMs ?? 0)));
      const maxMemoryMb = sandbox.maxMemoryMb();
      if (didDie) {
        log(`${new Date(options.now()).toISOString()} ${requestId} ${error}`);
      }
      log(platformLines.end(requestId));
      log(
        platformLines.report({
          requestId,
          durationMs,
          billedMs,
          memoryMb: config.memoryMb,
          maxMemoryMb,
          initMs,
          status: outcome.status,
        }),
      );
      current.delete(sandbox.id);
      observer.emit("invoke.end", {
        requestId,
        functionName,
        sandboxId: sandbox.id,
        durationMs,
        billedMs,
        initMs,
        status: outcome.status,
        answer: outcome.status === "ok" ? outcome.payload : undefined,
        maxMemoryMb,
        error,
      });
      if (isAlive) pool.release(pooled);
      else observer.emit("sandbox.kill", { sandboxId: sandbox.id, functionName, reason: outcome.status });
      done();
    });

    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, READY_GRACE_MS);
    });
    await Promise.race([settled, grace]);
    clearTimeout(timer);
    return {
      outcome,
      limitLeftMs: didDie && !init.failure ? Math.max(0, timeoutMs - durationMs) : undefined,
      executedVersion: version,
      logTail: request.wantsLogTail ? logTail(lines) : undefined,
    };
  }

  return {
    run,
    onLine(sandboxId, source, raw) {
      const record = parseLogLine(raw);
      const invocation = current.get(sandboxId);
      invocation?.lines.push(record.line);
      observer.emit("log", {
        ...source,
        requestId: record.requestId ?? invocation?.requestId,
        isPrinted: true,
        line: record.line,
        message: record.message,
      });
    },
  };
}
