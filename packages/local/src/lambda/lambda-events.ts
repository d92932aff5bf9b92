/** Events of the embedded Lambda, for its observers. Times are epoch ms, durations ms. */
export interface LambdaEvents {
  "invoke.start": {
    readonly requestId: string;
    readonly functionName: string;
    /** 1 for the first try of an event. */
    readonly attempt: number;
    readonly sandboxId: string;
    readonly cold: boolean;
    readonly payloadBytes: number;
    readonly startedAtMs: number;
  };
  "invoke.end": {
    readonly requestId: string;
    readonly functionName: string;
    readonly sandboxId: string;
    readonly durationMs: number;
    /** Whole ms that AWS would bill, the initialisation of a cold start included. */
    readonly billedMs: number;
    /** How long the cold start took; `undefined` when warm. */
    readonly initMs: number | undefined;
    readonly status: "ok" | "error" | "timeout" | "exit";
    /** The function's answer, as JSON; `undefined` unless the status is `ok`. */
    readonly answer: string | undefined;
    readonly maxMemoryMb: number | undefined;
    /** `errorType: errorMessage` unless the status is `ok`. */
    readonly error: string | undefined;
  };
  /** One record of the function's log group, `START`, `END` and `REPORT` included. */
  log: {
    readonly functionName: string;
    /** Where CloudWatch Logs keeps it; the stream is the function instance's. */
    readonly logGroup: string;
    readonly logStream: string;
    /** The invocation it belongs to; `undefined` for the initialisation of a sandbox. */
    readonly requestId: string | undefined;
    /** Whether the function printed it; else the platform wrote it. */
    readonly isPrinted: boolean;
    /** As CloudWatch shows it: time, request id and level before what `console` printed. */
    readonly line: string;
    /** The function's own text, without that prefix. */
    readonly message: string;
  };
  /** An asynchronous event left the queue unprocessed. */
  dropped: {
    readonly functionName: string;
    readonly requestId: string;
    readonly reason: "loop" | "age" | "retries" | "concurrency";
    /** Where it, or a record of it, went. */
    readonly targetArns: readonly string[];
  };
  /** An invocation was refused for want of concurrency. */
  throttle: { readonly functionName: string; readonly requestId: string; readonly reason: string };
  /** An event or record could not be passed on to its destination. */
  "delivery.failed": { readonly requestId: string; readonly targetArn: string; readonly error: string };
  "sandbox.start": {
    readonly sandboxId: string;
    readonly functionName: string;
    readonly pid: number;
    /** Its `/tmp` as this process sees it: from its first invocation on, and as long as it lives. */
    readonly tmpDirectory: string;
  };
  /** A sandbox ended: timeout, crash, function deleted, too many sandboxes. */
  "sandbox.kill": { readonly sandboxId: string; readonly functionName: string; readonly reason: string };
  /** A sandbox was given up on request, or after standing idle. */
  "sandbox.recycle": { readonly sandboxId: string; readonly functionName: string; readonly reason: string };
}

/** Calls listeners in the order they came; a listener that throws does not disturb the service. */
export interface LambdaObserver {
  on<Name extends keyof LambdaEvents>(name: Name, listener: (event: LambdaEvents[Name]) => void): () => void;
  emit<Name extends keyof LambdaEvents>(name: Name, event: LambdaEvents[Name]): void;
}

/** Creates the service's event hub. */
export function createLambdaObserver(): LambdaObserver {
  const listeners = new Map<keyof LambdaEvents, Set<(event: never) => void>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
    emit(name, event) {
      for (const listener of listeners.get(name) ?? []) {
        try {
          listener(event as never);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
